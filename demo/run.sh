#!/usr/bin/env bash
# Serves squeezenet with the published binary, sends it a photograph, prints the five best labels, stops the server.
#   demo/run.sh [PHOTOGRAPH]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh
source publish/serve.sh

(($# <= 1)) || misused "demo takes one photograph, not '$*'."
photograph=${1:-tests/images/zebra.jpeg}
[[ -f $photograph ]] || fail "there is no photograph '$photograph'."
publish/publish.sh --if-needed

read -r grpc rest < <(free_ports 2)
mkdir -p artifacts/logs
log=artifacts/logs/demo-server.log
server=(publish/out/bin/ovms --model_name squeezenet --model_path tests/models/squeezenet
    --grpc_bind_address 127.0.0.1 --rest_bind_address 127.0.0.1 --port "$grpc" --rest_port "$rest")
say "server:  ${server[*]}"
"${server[@]}" >"$log" 2>&1 &
pid=$!
trap 'kill -KILL "$pid" 2>/dev/null || true' EXIT
wait_ready "$rest" "$pid" 60 || { tail -n 20 "$log" >&2; fail "the server did not become ready; the end of $log is above."; }

client=(dotnet run demo/Classify.cs -- "http://127.0.0.1:$rest" "$photograph" tests/images/imagenet_labels.txt)
say "client:  ${client[*]}"
"${client[@]}"

code=0
stop_server "$pid" 40 || code=$?
trap - EXIT
((code == 0)) || fail "the server ended with $code after SIGTERM; expected 0. Its log is $log."
say "The server has stopped."
