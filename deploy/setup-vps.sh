#!/usr/bin/env bash
# Sets up SheLLM on a Debian or Ubuntu machine: a user, Node.js 24, the package, a data folder, a settings file with a key, and the service.
#
#   sudo deploy/setup-vps.sh [--version 0.1.0] [--from PATH] [--node PATH|VERSION] [--with-claude] [--with-codex] [--with-gemini] [--dry-run]
#
# Run it again for another version, or to add a CLI: what is right already is left alone. It touches no firewall, and no Node.js of the system's own: all is in
# /opt/shellm, and `/opt/shellm/current` leads to the version that runs. --from takes a package (shellm-*.tgz, from `npm pack`); --node a folder with bin/node
# and bin/npm of Node.js 24, or a version for nodejs.org. DESTDIR puts all files below another root.
#
# Node.js comes from nodejs.org as its makers packed it, checked against their list of checksums: NodeSource's packages would have root trust one more source,
# and Debian's own are too old.
set -euo pipefail

NODE_VERSION=24.21.0
root=${DESTDIR:-}
version=latest from='' node_from='' dry=false
clis=()
while [ $# -gt 0 ]; do
  case $1 in
    --version) version=${2:?} && shift ;;
    --from) from=$(realpath -e "${2:?}") && shift ;;
    --node) node_from=${2:?} && shift ;;
    --with-claude) clis+=(@anthropic-ai/claude-code) ;;
    --with-codex) clis+=(@openai/codex) ;;
    --with-gemini) clis+=(@google/gemini-cli) ;;
    --dry-run) dry=true ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "$0" && exit ;;
    *) echo "setup-vps: unknown option $1 (--help lists them)" >&2 && exit 2 ;;
  esac
  shift
done
[ "$(id -u)" = 0 ] || $dry || { echo 'setup-vps: this needs root: sudo deploy/setup-vps.sh …' >&2 && exit 1; }

changes=0
say() { printf '%s\n' "$@"; }
# What changes something: told, and done unless --dry-run.
change() {
  local what=$1
  shift
  changes=$((changes + 1))
  if $dry; then say "would: $what"; else say "$what" && "$@"; fi
}

# A folder with its mode and owner.
folder() {
  local path=$root$1 mode=$2 owner=$3
  [ -z "$root" ] || owner=$(id -un) # below another root everything is ours
  [ "$(stat -c '%a %U' "$path" 2>/dev/null)" = "${mode#0} $owner" ] || change "folder $1" install -d -m "$mode" -o "$owner" -g "$owner" "$path"
}
# A file as it stands on stdin, of root's.
file() {
  local path=$root$1 mode=$2 text
  text=$(cat && printf x)
  [ -f "$path" ] && [ "$(cat "$path" && printf x)" = "$text" ] && [ "$(stat -c %a "$path")" = "${mode#0}" ] && return
  change "file $1" write "$path" "$mode" "${text%x}"
}
write() { install -d "$(dirname "$1")" && install -m "$2" /dev/null "$1" && printf %s "$3" >"$1"; }
link() { [ "$(readlink "$root$1")" = "$2" ] || change "$1 leads to $2" ln -sfn "$2" "$root$1"; }

node_from_nodejs_org() {
  local name=$1 target=$root/opt/shellm/$1 from=${1#node-} work
  from=https://nodejs.org/dist/${from%-linux-*}
  work=$(mktemp -d)
  curl -fsSL --proto '=https' --tlsv1.2 -o "$work/$name.tar.gz" "$from/$name.tar.gz"
  curl -fsSL --proto '=https' --tlsv1.2 -o "$work/sums" "$from/SHASUMS256.txt"
  grep " $name.tar.gz\$" "$work/sums" >"$work/sum"
  (cd "$work" && sha256sum --check --quiet sum)
  tar -xzf "$work/$name.tar.gz" -C "$work" --no-same-owner
  rm -rf "$target" && mv "$work/$name" "$target" && chmod 0755 "$target"
  rm -rf "$work"
}
nodejs() {
  local name arch
  if [ -d "$node_from" ]; then
    link /opt/shellm/node "$(realpath "$node_from")"
    return
  fi
  case $(uname -m) in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) echo "setup-vps: no Node.js for $(uname -m); give one with --node PATH" >&2 && exit 1 ;; esac
  name=node-v${node_from:-$NODE_VERSION}-linux-$arch
  [ -x "$root/opt/shellm/$name/bin/node" ] || change "Node.js ${node_from:-$NODE_VERSION} from nodejs.org" node_from_nodejs_org "$name"
  link /opt/shellm/node "$name"
}

npm_install() { PATH=$root/opt/shellm/node/bin:$PATH npm install --global --no-audit --no-fund --no-update-notifier --loglevel=error --prefix "$@"; }
package() {
  local wanted=$version source=shellm@$version
  if [ -n "$from" ]; then
    # The same name for the same bytes: a second run finds it.
    wanted=$(basename "$from" .tgz)-$(sha256sum "$from" | head -c 12) source=$from
  elif [ "$version" = latest ]; then
    $dry || wanted=$(PATH=$root/opt/shellm/node/bin:$PATH npm view shellm version)
    source=shellm@$wanted
  fi
  release=/opt/shellm/releases/$wanted
  # It has no dependencies and no scripts to run.
  [ -x "$root$release/bin/shellm" ] || change "shellm $wanted" npm_install "$root$release" --ignore-scripts "$source"
  link /opt/shellm/current "releases/$wanted"
}
clis() {
  local cli
  for cli in ${clis[@]+"${clis[@]}"}; do
    [ -d "$root/opt/shellm/clis/lib/node_modules/$cli" ] || change "$cli" npm_install "$root/opt/shellm/clis" "$cli"
  done
}

settings() {
  local key
  [ -e "$root/etc/shellm/shellm.env" ] && return
  key=sk-$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
  file /etc/shellm/shellm.env 0600 <<END
# The settings of the gateway; .env.example in the package has them all. After a change: systemctl restart shellm
SHELLM_CLIENTS={"admin": {"key": "$key", "scopes": ["completions", "admin", "metrics"]}}
# Behind a proxy or a tunnel on this machine:
#SHELLM_TRUST_PROXY=127.0.0.1
#SHELLM_ALLOWED_HOSTS=llm.example.com,127.0.0.1
#OPENAI_API_KEY=
END
}

service() {
  local deploy=$root$release/lib/node_modules/shellm/deploy
  if $dry && [ ! -d "$deploy" ]; then
    change 'the unit, its PATH, the commands shellm and shellm-as-service, the rotation of logs' :
    return
  fi
  file /etc/systemd/system/shellm.service 0644 <"$deploy/shellm.service"
  file /etc/systemd/system/shellm.service.d/path.conf 0644 <<'END'
# Written by setup-vps.sh: where Node.js, the package and the CLIs are.
[Service]
Environment=PATH=/opt/shellm/current/bin:/opt/shellm/clis/bin:/opt/shellm/node/bin:/usr/local/bin:/usr/bin:/bin
END
  file /usr/local/bin/shellm-as-service 0755 <"$deploy/as-service.sh"
  file /usr/local/bin/shellm 0755 <"$deploy/as-service.sh"
  file /etc/logrotate.d/shellm 0644 <"$deploy/../config/logrotate.conf"
}

user() {
  getent passwd shellm >/dev/null || change 'user shellm' useradd --system --user-group --home-dir /var/lib/shellm/home --no-create-home --shell /usr/sbin/nologin shellm
}

start() {
  if [ "$changes" -gt 0 ]; then
    change 'the service is started (again)' restart
  elif ! systemctl is-active --quiet shellm; then
    change 'the service is started' restart
  fi
}
restart() { systemctl daemon-reload && systemctl enable --quiet shellm && systemctl restart shellm; }

next_steps() {
  say '' "$([ "$changes" = 0 ] && echo 'Nothing had to change.' || echo "$changes changes.")" ''
  cat <<'END'
What to do next:
  sudo grep SHELLM_CLIENTS /etc/shellm/shellm.env      your key
  sudo shellm-as-service claude                        then /login (where it was installed with --with-claude)
  sudo shellm-as-service codex login --device-auth     (--with-codex)
  sudo shellm-as-service gemini                        then "Login with Google" (--with-gemini)
  sudo systemctl restart shellm                        after a login or a change of the settings
  curl http://127.0.0.1:6100/health                    who is ready
  sudo shellm doctor                                   what needs a hand
  journalctl -u shellm -o cat -f                       the log
It listens on this machine alone. To bring it to others: deploy/cloudflared, deploy/nginx or deploy/caddy.
Back to an older version: run this again with --version, or the --from of then.
END
}

release=''
user
folder /opt/shellm 0755 root
folder /opt/shellm/releases 0755 root
folder /etc/shellm 0755 root
folder /var/lib/shellm 0700 shellm
folder /var/lib/shellm/home 0700 shellm
nodejs
package
clis
settings
service
start
next_steps
