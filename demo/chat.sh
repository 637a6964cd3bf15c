#!/usr/bin/env bash
# Serves SmolLM2 with the published binary, sends it a message, prints the answer as it comes, stops the server.
#   demo/chat.sh MESSAGE
# The model is the folder in OVMS_DEMO_MODEL, else ../shared/models/smollm2_135m.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh
source publish/serve.sh

(($# <= 1)) || misused "demo chat takes one message, not $#: put it in quotes."
message=${1:-}
[[ -n $message ]] || fail 'there is no message: ./build.sh demo chat "What is the capital of France?"'
model=${OVMS_DEMO_MODEL:-../shared/models/smollm2_135m}
[[ -f $model/openvino_model.xml ]] || fail "there is no language model in $model. Make one, and name its folder in OVMS_DEMO_MODEL:
optimum-cli export openvino --model HuggingFaceTB/SmolLM2-135M-Instruct --task text-generation-with-past --weight-format int4 FOLDER"
model=$(cd "$model" && pwd)
publish/publish.sh --if-needed

read -r rest < <(free_ports 1)
mkdir -p artifacts/logs
log=artifacts/logs/demo-chat.log
server=(publish/out/bin/ovms --model_name smollm2 --model_path "$model" --rest_bind_address 127.0.0.1 --rest_port "$rest")
say "server:  ${server[*]}"
"${server[@]}" >"$log" 2>&1 &
pid=$!
trap 'kill -KILL "$pid" 2>/dev/null || true' EXIT
wait_ready "$rest" "$pid" 300 || { tail -n 20 "$log" >&2; fail "the server did not become ready; the end of $log is above."; }

client=(dotnet run demo/Chat.cs -- "http://127.0.0.1:$rest" smollm2 "$message")
say "client:  ${client[*]}"
"${client[@]}"

code=0
stop_server "$pid" 40 || code=$?
trap - EXIT
((code == 0)) || fail "the server ended with $code after SIGTERM; expected 0. Its log is $log."
say "The server has stopped."
