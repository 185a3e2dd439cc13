# Complains without end, and never answers.
exec yes 'something is wrong' >&2
