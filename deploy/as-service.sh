#!/bin/sh
# Runs a command as the gateway's user, where the gateway's data and the CLIs' logins are. deploy/setup-vps.sh puts it to /usr/local/bin/shellm-as-service, and
# again to /usr/local/bin/shellm, under which name it runs `shellm` itself:
#
#   sudo shellm keys create me
#   sudo shellm-as-service claude
set -eu
case ${0##*/} in
  shellm) set -- shellm "$@" ;;
  *) [ $# -gt 0 ] || { echo "usage: ${0##*/} COMMAND [ARGUMENT…]" >&2; exit 2; } ;;
esac
if [ "$(id -u)" != 0 ]; then
  echo "${0##*/}: only root may act as the gateway's user. Run: sudo ${0##*/} …" >&2
  exit 1
fi

runuser=$(PATH=$PATH:/usr/sbin:/sbin command -v runuser)
PATH=/opt/shellm/current/bin:/opt/shellm/clis/bin:/opt/shellm/node/bin:/usr/local/bin:/usr/bin:/bin
HOME=/var/lib/shellm/home
SHELLM_DATA_DIR=/var/lib/shellm
SHELL=/bin/sh
export PATH HOME SHELLM_DATA_DIR SHELL
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME

# The gateway's own settings and secrets, for `shellm` alone: a CLI that logs in has no business with them. They go over the environment, since arguments are
# seen by everybody. The lines are read as systemd does: a value may stand in quotes.
file=/etc/shellm/shellm.env
if [ "$1" = shellm ] && [ -r "$file" ]; then
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in [A-Za-z_]*=*) ;; *) continue ;; esac
    name=${line%%=*} value=${line#*=}
    case $name in *[!A-Za-z0-9_]*) continue ;; esac
    case $value in
      \'*\') value=${value#\'} value=${value%\'} ;;
      \"*\") value=${value#\"} value=${value%\"} ;;
    esac
    export "$name=$value"
  done <"$file"
fi

cd /var/lib/shellm
exec "$runuser" -u shellm -- "$@"
