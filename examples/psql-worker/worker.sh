#!/usr/bin/env bash
# A worker in bash and psql: registers for the activities of a queue, claims one at a time, runs it
# and reports it, until SIGTERM or SIGINT. The protocol is explained in sql/README.md.
#
#   DATABASE_URL=postgres://… ./worker.sh QUEUE
set -uo pipefail

queue=${1:?usage: worker.sh QUEUE}
: "${DATABASE_URL:?name the database in DATABASE_URL}"
lease_seconds=30
poll_seconds=${POLL_SECONDS:-1}
worker= heart= sleeper= is_stopping=

# Runs the SQL on standard input. Values go in as psql variables, so that psql quotes them.
ask() {
  psql -XAtq -F $'\x1f' -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate -d "$DATABASE_URL" "$@" -f -
}

# The activities: arguments come as a JSON array, the result goes out as JSON.
perform() {
  local name=$1 arguments=$2
  case $name in
    upper)
      ask -v arguments="$arguments" <<<"select to_json(upper(:'arguments'::json ->> 0));"
      ;;
    *)
      echo "this worker knows no activity called $name" >&2
      return 1
      ;;
  esac
}

# The lease covers all that the worker holds, however long an activity takes. It must end with the
# script, however that ends: $$ is the script, here too.
beat() {
  trap 'kill "$pause"; exit' TERM
  while true; do
    sleep $((lease_seconds / 3)) &
    pause=$!
    wait "$pause"
    kill -0 $$ 2>/dev/null || exit
    ask -v worker="$worker" <<<"select ratchet.heartbeat(:worker);"
  done
}

register() {
  [[ -n $heart ]] && kill "$heart" 2>/dev/null
  worker=$(ask -v queue="$queue" -v lease="$lease_seconds" <<<"select ratchet.register_worker(
    'psql-worker', json_build_array(json_build_object('queue', :'queue')), :lease);") || return
  beat </dev/null >/dev/null 2>&1 &
  heart=$!
  echo "worker $worker serves $queue"
}

# A claim without an answer may have been carried out, and what it took would be held, and not run,
# as long as this worker lives: all goes back, and it begins anew.
begin_anew() {
  ask -v worker="$worker" <<<"select ratchet.unregister_worker(:worker);" >/dev/null && register
}

# JSON may be written over several lines, but a line break in it means no more than a blank.
claim() {
  ask -v worker="$worker" <<<"select job_id, position, attempt, address, name,
    translate(args::text, E'\n\r', '  ') from ratchet.claim_activity(:worker);" 2>&1
}

complete() {
  ask -v worker="$worker" -v job="$job" -v position="$position" -v attempt="$attempt" \
    -v address="$address" -v result="$1" <<<"select ratchet.complete(:worker, :job, :position,
    :attempt, :'result', :'address');"
}

fail() {
  ask -v worker="$worker" -v job="$job" -v position="$position" -v attempt="$attempt" \
    -v address="$address" -v message="$1" <<<"select ratchet.fail(:worker, :job, :position,
    :attempt, :'message', null, :'address');"
}

# Repeats a report until it is answered: a repetition changes nothing. One that has been overtaken
# (WF402), or whose worker was given up (WF401), is dropped: another worker has the activity now.
report() {
  local answer
  until answer=$("$@" 2>&1); do
    echo "$1: $answer" >&2
    [[ $answer == *WF4* || -n $is_stopping ]] && return
    rest
  done
}

# A signal ends it at once.
rest() {
  sleep "$poll_seconds" &
  sleeper=$!
  wait "$sleeper"
}

trap 'is_stopping=1; [[ -n $sleeper ]] && kill "$sleeper" 2>/dev/null' TERM INT

until register || [[ -n $is_stopping ]]; do rest; done
while [[ -z $is_stopping ]]; do
  if ! claimed=$(claim); then
    echo "claim: $claimed" >&2
    [[ $claimed == *WF401* ]] || rest
    until begin_anew || [[ -n $is_stopping ]]; do rest; done
  elif [[ -z $claimed ]]; then
    rest
  else
    IFS=$'\x1f' read -r job position attempt address name arguments <<<"$claimed"
    if output=$(perform "$name" "$arguments" 2>&1); then
      report complete "$output"
    else
      report fail "$output"
    fi
  fi
done

[[ -n $heart ]] && kill "$heart" 2>/dev/null
# What is left goes back at once, instead of when the lease ends.
[[ -n $worker ]] && ask -v worker="$worker" <<<"select ratchet.unregister_worker(:worker);" >/dev/null
echo "stopped"
