# shellcheck shell=bash
# A private PostgreSQL cluster in a folder: made, started, found again after a crash, stopped. Needs toolbox.sh.
#
#   pg_open FOLDER STEPS LOG [SETTING...]   FOLDER/postgres is the cluster; LOG, inside FOLDER, the server's log; STEPS
#                                           that of making and starting it. Sets pg_bin and pg_port
#   pg_connection_string DATABASE
#   pg_alive, pg_restart                    for who watches over it
#   pg_stop
#
# It listens on 127.0.0.1 only and asks for the password in FOLDER/postgres-password. No Unix socket: its path would
# have to be short, and a checkout's is not always.

unset "${!PG@}" # PGPORT and its like, meant for somebody else's database, would lead our tools there

pg_role=gatehouse
pg_bin=
pg_port=
pg_pid=
pg_folder=
pg_cluster=
pg_log=
pg_settings=()
pg_identity=()

# --- binaries --------------------------------------------------------------------------------------------------------

# pg_find VERSION: the newest installed server; with a major version (an existing cluster's), that one.
pg_find() {
  local candidate candidates
  mapfile -t candidates < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV)
  for candidate in "${candidates[@]}" "$(dirname "$(command -v postgres || echo /none/postgres)")"; do
    [[ -x $candidate/initdb && -x $candidate/pg_ctl && -x $candidate/psql ]] || continue
    [[ ! $1 || $("$candidate/postgres" --version) =~ \ $1[.[:alpha:]] ]] || continue
    pg_bin=$candidate
    return
  done
  return 1
}

# Debian's package sets up and starts a cluster of its own for the whole machine, unless a file in this folder says no.
pg_install() {
  local log=$1 choice=/etc/postgresql-common/createcluster.d/gatehouse.conf status=0
  need_installer postgresql
  as_root mkdir -p "${choice%/*}"
  as_root sh -c "echo 'create_main_cluster = false' >'$choice'"
  install_packages "$log" postgresql || status=$?
  as_root rm -f "$choice"
  return "$status"
}

# pg_need FOLDER LOG: the binaries, of the version that FOLDER's cluster was made by if there is one.
pg_need() {
  local version=
  [[ ! -f $1/postgres/PG_VERSION ]] || version=$(<"$1/postgres/PG_VERSION")
  pg_find "$version" && return
  [[ ! $version ]] || fail "$1/postgres was made by PostgreSQL $version; please install postgresql-$version"
  pg_install "$2" || fail "could not install PostgreSQL"
  pg_find "" || fail "PostgreSQL was installed, but its server is not in /usr/lib/postgresql"
}

# --- who runs it -----------------------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root, so root runs it as the user postgres. Where that user may not pass a folder above
# the cluster (a checkout in a closed home), it is given the one capability that lets it pass.
pg_choose_identity() {
  local passage=(--inh-caps=+dac_override --ambient-caps=+dac_override)
  pg_identity=()
  ((EUID == 0)) || return 0
  id postgres >/dev/null 2>&1 || fail "there is no user postgres to run PostgreSQL as, and as root it refuses to run"
  pg_identity=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  "${pg_identity[@]}" stat "$1/." >/dev/null 2>&1 && return
  pg_identity+=("${passage[@]}")
  "${pg_identity[@]}" stat "$1/." >/dev/null 2>&1 ||
    fail "the user postgres cannot reach $1; name a folder that it can (./run --data), or run this as an ordinary user"
}

pg_as_owner() { (cd / && exec "${pg_identity[@]}" "$@"); }

# pg_give KIND PATH: makes an empty file (-f) or folder (-d) that only the one who runs PostgreSQL can read.
pg_give() {
  if [[ $1 == -d ]]; then mkdir -p "$2" && chmod 700 "$2"; else : >>"$2" && chmod 600 "$2"; fi &&
    { ((EUID != 0)) || chown postgres: "$2"; }
}

# --- life ------------------------------------------------------------------------------------------------------------

# Server processes of this cluster: each of them works in the cluster's folder. Their owner asks, since in a container
# not even root may see where another user's process works.
pg_processes() {
  local process folder
  while IFS=$'\t' read -r process folder; do
    [[ $folder == "$pg_cluster" && $(cat "$process/comm" 2>/dev/null) == postgres ]] && say "${process#/proc/}"
  done < <(pg_as_owner find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' -printf '%h\t%l\n' 2>/dev/null)
  return 0
}

pg_running() {
  local pid
  [[ -f $pg_cluster/postmaster.pid ]] && read -r pid <"$pg_cluster/postmaster.pid" &&
    [[ " $(pg_processes | xargs) " == *" $pid "* ]]
}

# Made beside its place and moved there when it is complete: an interrupted first start leaves no half cluster.
pg_create() {
  local unfinished=$pg_cluster.unfinished password=$pg_cluster.initial-password
  rm -rf "$unfinished" "$password"
  pg_give -d "$unfinished" && pg_give -f "$password" && cat "$pg_folder/postgres-password" >"$password" || return
  pg_as_owner "$pg_bin/initdb" --pgdata="$unfinished" --username="$pg_role" --pwfile="$password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-instructions || return
  rm -f "$password" && mv "$unfinished" "$pg_cluster"
}

pg_start() {
  local settings patience
  # A postmaster that was killed leaves servers that end by themselves once they notice, and a file with a number that
  # may be another program's by now. When no server of this cluster lives, the file means nothing.
  for ((patience = 50; patience > 0; patience--)); do
    [[ $(pg_processes) ]] || break
    sleep 0.2
  done
  ((patience > 0)) || {
    say "servers of $pg_cluster still run without a postmaster: $(pg_processes | xargs)"
    return 1
  }
  rm -f "$pg_cluster/postmaster.pid"
  ! port_answers 127.0.0.1 "$pg_port" || pg_port=$(free_port)
  printf '%s\n' "$pg_port" >"$pg_folder/postgres-port"
  settings=$(printf -- '-c %s ' "port=$pg_port" listen_addresses=127.0.0.1 unix_socket_directories= "${pg_settings[@]}")
  pg_give -f "$pg_log" || return
  pg_as_owner "$pg_bin/pg_ctl" start --pgdata="$pg_cluster" --log="$pg_log" --options="$settings" \
    --wait --timeout=300 ||
    { tail -n 20 "$pg_log" && return 1; }
}

pg_restart() {
  run_job pg_start >>"$pg_log" 2>&1 && read -r pg_pid <"$pg_cluster/postmaster.pid"
}

# Cheap enough to ask each second. A dead process that nobody has collected yet (Z) is dead.
pg_alive() {
  local state
  read -r state 2>/dev/null <"/proc/$pg_pid/stat" && [[ $state != *') Z '* ]]
}

# Fast: whoever is connected is sent away, nothing is lost.
pg_stop() {
  [[ $pg_cluster ]] && pg_running || return 0
  pg_as_owner "$pg_bin/pg_ctl" stop --pgdata="$pg_cluster" --mode=fast --wait --timeout=30 9>&-
}

pg_connection_string() {
  printf 'Host=127.0.0.1;Port=%s;Username=%s;Password=%s;Database=%s;Max Auto Prepare=50;Auto Prepare Min Usages=2' \
    "$pg_port" "$pg_role" "$(<"$pg_folder/postgres-password")" "$1"
}

pg_psql() {
  PGPASSWORD=$(<"$pg_folder/postgres-password") "$pg_bin/psql" --no-psqlrc --quiet --tuples-only --no-align \
    --set=ON_ERROR_STOP=1 --host=127.0.0.1 --port="$pg_port" --username="$pg_role" "$@"
}

pg_need_database() {
  [[ $(pg_psql --dbname=postgres --command="SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]] ||
    pg_psql --dbname=postgres --command="CREATE DATABASE $1"
}

# The whole of it: installs, makes, starts; or finds the cluster that a killed ./run has left running.
pg_open() {
  pg_folder=$1
  pg_cluster=$1/postgres
  pg_log=$3
  local log=$2
  shift 3
  pg_settings=("$@")
  pg_need "$pg_folder" "$log"
  pg_choose_identity "$pg_folder"
  if [[ ! -f $pg_folder/postgres-password ]]; then
    [[ ! -d $pg_cluster ]] || fail "$pg_folder/postgres-password is gone, without which $pg_cluster cannot be opened"
    (umask 077 && random_hex 24 >"$pg_folder/postgres-password.new")
    mv "$pg_folder/postgres-password.new" "$pg_folder/postgres-password"
  fi
  [[ -d $pg_cluster ]] || step "creating a database cluster" "$log" pg_create || fail "could not create $pg_cluster"
  if ((EUID != 0)) && [[ ! -O $pg_cluster ]]; then
    fail "$pg_cluster belongs to $(stat -c %U "$pg_cluster"), not to you"
  fi
  if pg_running; then
    pg_port=$(sed -n 4p "$pg_cluster/postmaster.pid")
    say "  PostgreSQL still runs on port $pg_port from a run that was killed; it is used again"
  else
    pg_port=$(cat "$pg_folder/postgres-port" 2>/dev/null || free_port)
    step "starting PostgreSQL" "$log" pg_start || fail "PostgreSQL does not start (see $pg_log)"
    pg_port=$(<"$pg_folder/postgres-port") # pg_start ran as a job and could only leave a note
  fi
  read -r pg_pid <"$pg_cluster/postmaster.pid"
  pg_need_database gatehouse || fail "PostgreSQL does not let us in (see $pg_log)"
}
