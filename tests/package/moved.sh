#!/usr/bin/env bash
# Tests that the package serves from a folder with a blank in its name, with an empty environment, from another working folder.
# Prints the size of the binary and the median time from exec to the first answer. 0 passed, else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh
source publish/serve.sh

[[ -x publish/out/bin/ovms ]] || fail "publish/out/bin/ovms is missing; run ./build.sh publish first."
work=$(mktemp -d -t 'ovms moved.XXXXXX')
pid=""
trap '[[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
cp -r publish/out "$work/package"
cp -r tests/models/dummy "$work/dummy"
[[ -z $(find "$work/package" -name '*.dbg' -o -name '*.pdb' -print -quit) ]] || fail "the package holds debug symbols."
cd /

read -r grpc rest < <(free_ports 2)
body='{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}'
times=()
for _ in 1 2 3 4 5; do
    begin=${EPOCHREALTIME/./}
    env -i "$work/package/bin/ovms" --model_name dummy --model_path "$work/dummy" --grpc_bind_address 127.0.0.1 \
        --rest_bind_address 127.0.0.1 --port "$grpc" --rest_port "$rest" >"$work/log" 2>&1 &
    pid=$!
    deadline=$((SECONDS + 60))
    until [[ $(http "$rest" POST /v2/models/dummy/infer "$body" 2>/dev/null | head -n 1) == "HTTP/1.1 200"* ]]; do
        if ! kill -0 "$pid" 2>/dev/null || ((SECONDS >= deadline)); then
            tail -n 20 "$work/log" >&2
            fail "the moved server gave no answer; its log is above."
        fi
    done
    times+=($(((${EPOCHREALTIME/./} - begin) / 1000)))
    code=0
    stop_server "$pid" 40 || code=$?
    pid=""
    ((code == 0)) || fail "the moved server ended with $code after SIGTERM; expected 0."
done
median=$(printf '%s\n' "${times[@]}" | sort -n | sed -n 3p)
say "bin/ovms is $(($(stat -c %s "$work/package/bin/ovms") / 1024)) KiB; first answer $median ms after exec (median of ${times[*]})"
