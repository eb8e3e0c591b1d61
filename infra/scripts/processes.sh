# shellcheck shell=bash
# The processes that ./run starts: each in a group of its own with a log of its own, in the order of their names; stopped in the
# opposite order. Needs toolbox.sh.
#
#   start_process NAME ADDRESS LOG COMMAND...
#   process_lives NAME, restart_process NAME, stop_process NAME, stop_processes
#   process_table                            a line each: name, process id, address

processes=()
declare -A process_pid=() process_address=() process_log=() process_command=()

# It ends when we are killed outright. fd 9 is ./run's lock.
start_process() {
  local name=$1
  processes+=("$name")
  process_address[$name]=$2 process_log[$name]=$3
  shift 3
  process_command[$name]=$(printf '%q ' "$@")
  [[ ! -f ${process_log[$name]} ]] || mv "${process_log[$name]}" "${process_log[$name]}.1"
  restart_process "$name"
}

# In a process group of its own, so that Ctrl-C reaches it through us, in order.
restart_process() {
  local name=$1 command
  eval "command=(${process_command[$name]})"
  set -m
  setpriv --pdeathsig TERM "${command[@]}" </dev/null >>"${process_log[$name]}" 2>&1 9>&- &
  process_pid[$name]=$!
  set +m
}

process_lives() { kill -0 "${process_pid[$1]}" 2>/dev/null; }

# end_process PID NAME: waits for fifteen seconds; a second Ctrl-C cuts it short.
end_process() {
  local pid=$1 patience=150
  trap 'patience=0' INT TERM HUP
  kill -TERM "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    if ((patience-- <= 0)); then
      say "  $2 does not stop; it is killed"
      kill -KILL "$pid" 2>/dev/null
      return
    fi
    sleep 0.1
  done
}

stop_processes() {
  local index
  for ((index = ${#processes[@]} - 1; index >= 0; index--)); do
    end_process "${process_pid[${processes[index]}]}" "${processes[index]}"
  done
}

process_table() {
  local name
  for name in "${processes[@]}"; do printf '%s %s %s\n' "$name" "${process_pid[$name]}" "${process_address[$name]}"; done
}
