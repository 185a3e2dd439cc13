# Ignores SIGTERM; leaves when it is told so in its own words.
trap '' TERM
echo ready
while read -r line; do
  if [ "$line" = cancel ]; then exit 7; fi
done
while :; do sleep 0.05; done
