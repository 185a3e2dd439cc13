# Says the given line, and its last words on stderr; exits with the code given.
printf '%s\n' "$2"
echo 'last words' >&2
exit "$1"
