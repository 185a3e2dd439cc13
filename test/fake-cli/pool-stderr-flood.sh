# Complains without end, and never answers. Its stdout stays open, as descriptor 3.
exec 3>&1
exec yes 'something is wrong' >&2
