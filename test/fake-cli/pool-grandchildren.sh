# Starts two children that ignore SIGTERM and hold its stdout, says their pids, then leaves them ("leave") or stays.
sh -c 'trap "" TERM; echo $$; while :; do sleep 0.05; done' &
sh -c 'trap "" TERM; echo $$; while :; do sleep 0.05; done' &
if [ "$1" = leave ]; then sleep 0.2; exit 0; fi
wait
