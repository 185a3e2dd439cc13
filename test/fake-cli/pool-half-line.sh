# Goes in the middle of a line.
printf 'whole\r\n\nhal'
exit 0
