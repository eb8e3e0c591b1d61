# shellcheck shell=bash
# What ./run and ./test share: telling, running, installing, building. Sourced from the root of the checkout.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# --- telling ---------------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Microseconds; the mark before the fraction depends on the locale, so it is cut out.
now() { printf '%s' "${EPOCHREALTIME/[!0-9]/}"; }

seconds_since() {
  local tenths=$((($(now) - $1) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# heed_interrupts SCRIPT ARGUMENT...: a script that says `./run &` makes it ignore Ctrl-C's signal (2), and bash
# cannot take that back for itself. env can, so we start again through it.
heed_interrupts() {
  local ignored
  ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' "/proc/$$/status")
  ((16#$ignored & 2)) || return 0
  env --default-signal=INT true 2>/dev/null || return 0
  exec env --default-signal=INT "$@"
}

# need_value "$@": guards `--option` at the end of the command line.
need_value() { [[ $# -ge 2 && $2 != --* ]] || fail "$1 needs a value (see --help)"; }

# --- running ---------------------------------------------------------------------------------------------------------

job= # process group of the command that runs now

# Runs a command in a process group of its own and waits. So a signal that this script gets is handled at once, not
# after the command, and a Ctrl-C in the terminal reaches the command through us only. fd 9 is ./run's lock.
run_job() {
  local status=0
  set -m
  "$@" </dev/null 9>&- &
  job=$!
  set +m
  wait "$job" || status=$?
  stop_job
  return "$status"
}

# Ends what is left of the current job, with its children.
stop_job() {
  [[ $job ]] || return 0
  local group=$job patience
  job=
  kill -TERM -- "-$group" 2>/dev/null || return 0
  for ((patience = 50; patience > 0; patience--)); do
    kill -0 -- "-$group" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$group" 2>/dev/null || true
}

# step TEXT LOG COMMAND...: one line of progress; what the command says goes to the log, whose end is shown if it fails.
step() {
  local text=$1 log=$2 began status=0
  shift 2
  began=$(now)
  printf '  %-58s' "$text ..."
  run_job "$@" >>"$log" 2>&1 || status=$?
  if ((status == 0)); then
    printf '%6s s\n' "$(seconds_since "$began")"
    return
  fi
  printf 'failed\n'
  tail -n 20 "$log" | cut -c -300 | sed 's/^/    | /' >&2
  say "    (all of it: $log)" >&2
  return "$status"
}

# Whether something listens on a port of an address; bash can ask without curl.
port_answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# A port that nobody listens on, below those that the kernel gives to outgoing connections.
free_port() {
  local port
  while port=$((20000 + RANDOM % 10000)) && port_answers 127.0.0.1 "$port"; do :; done
  printf '%s' "$port"
}

# http_ok HOST PORT PATH: whether a GET is answered with 200.
http_ok() (
  exec 2>/dev/null 3<>"/dev/tcp/$1/$2" || exit 1
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$3" >&3
  read -r -t 5 line <&3
  [[ $line == *' 200 '* ]]
)

random_hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }

# --- installing ------------------------------------------------------------------------------------------------------

package_lists_fetched=

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

# Whether packages can be installed here at all; says what to do if not.
need_installer() {
  command -v apt-get >/dev/null || fail "please install $* (there is no apt-get here that could)"
  ((EUID == 0)) && return
  command -v sudo >/dev/null || fail "please have the administrator run: apt-get install $*"
  sudo -v || fail "cannot install $* without sudo" # asks for the password here, where the terminal is ours
}

# install_packages LOG PACKAGE...: from the distribution; the package lists are fetched once.
install_packages() {
  local log=$1
  shift
  need_installer "$@"
  if [[ ! $package_lists_fetched ]]; then
    step "fetching the package lists" "$log" as_root apt-get -q -o DPkg::Lock::Timeout=300 update || true
    package_lists_fetched=1
  fi
  step "installing $*" "$log" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "please install the .NET SDK 10 (https://dotnet.microsoft.com/download)"
  dotnet --version </dev/null >/dev/null || fail "the installed .NET SDK is not the one that global.json asks for"
}

need_npm() {
  command -v npm >/dev/null || install_packages "$1" nodejs npm
}

# fetch_npm_packages FOLDER LOG TEXT: exactly what the lock file says, once.
fetch_npm_packages() {
  local folder=$1 log=$2 text=$3
  [[ -f $folder/package-lock.json ]] || return 0
  [[ ! $folder/node_modules/.package-lock.json -ot $folder/package-lock.json ]] && return
  need_npm "$log" && step "$text" "$log" npm ci --prefix "$folder" --no-audit --no-fund
}

# --- building --------------------------------------------------------------------------------------------------------

# program_dll NAME: one of our programs, as it was published.
program_dll() { printf '%s' "$PWD/.artifacts/publish/$1/release/$1.dll"; }

# restore TARGET: the bound is for a source that neither answers nor refuses.
restore() { timeout --foreground 600 dotnet restore "$1" --disable-build-servers; }

# One compiler for all projects, whatever the environment says of it; it knows them by the second, is a child of the build's job, and ends
# with it.
build_options=(-c Release --no-restore -nodeReuse:false -p:UseSharedCompilation=true -p:UseRazorBuildServer=false -p:SharedCompilationId="gatehouse-$$")

# The compilers do not live long enough for what they would learn of themselves by profiling.
build() { DOTNET_TieredPGO=0 dotnet build "$1" "${build_options[@]}"; }

# publish PROJECT [OPTION...]: a program as users run it, compiled for this machine.
publish() { DOTNET_TieredPGO=0 dotnet publish "$1" "${build_options[@]}" "${@:2}"; }
