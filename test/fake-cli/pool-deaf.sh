# Closes its stdin at once.
exec <&-
echo deaf
exec sleep 60
