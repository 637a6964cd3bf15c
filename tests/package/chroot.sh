#!/usr/bin/env bash
# Tests that the package serves in a minimal Debian root with only publish/runtime-packages.txt, and that this list is exactly
# what bin/ and lib/ depend on. Exit code 0 passed, 77 skipped with a reason, anything else failed.
# Mounts and processes are in their own namespaces, which end with the script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh
source publish/serve.sh

readonly SUITE=bookworm CACHE=.cache/rootfs
skip() { say "skipped: $*"; exit 77; }

[[ -x publish/out/bin/ovms ]] || fail "publish/out/bin/ovms is missing; run ./build.sh publish first."
((EUID == 0)) || skip "making a root and changing into it needs the root user"
command -v debootstrap >/dev/null || skip "debootstrap is not installed (Debian package debootstrap)"
unshare --mount --pid --fork true 2>/dev/null || skip "this machine does not allow mount namespaces"

mapfile -t packages < <(grep -v '^#' publish/runtime-packages.txt)
clean=$CACHE/$SUITE.tar
if [[ ! -f $clean ]] || ! cmp -s publish/runtime-packages.txt "$CACHE/packages.txt"; then
    mkdir -p "$CACHE"
    rm -rf "$CACHE/new"
    log=$CACHE/debootstrap.log
    debootstrap --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" "$SUITE" "$CACHE/new" >"$log" 2>&1 \
        || skip "debootstrap could not make a $SUITE root: $(tail -n 1 "$log")"
    tar -C "$CACHE/new" --exclude=./var/cache/apt --exclude=./var/lib/apt/lists -cf "$clean" .
    rm -rf "$CACHE/new"
    cp publish/runtime-packages.txt "$CACHE/packages.txt"
fi

root=$(mktemp -d -p "$PWD/$CACHE" root.XXXXXX)
trap 'rm -rf "$root"' EXIT
tar -C "$root" -xf "$clean"
cp -r publish/out "$root/ovms"
mkdir "$root/models"
cp -r tests/models/dummy tests/models/increment_1x3x4x5 "$root/models/"
cat >"$root/models/config.json" <<'EOF'
{"model_config_list":[
    {"config":{"name":"dummy","base_path":"dummy"}},
    {"config":{"name":"increment","base_path":"increment_1x3x4x5","layout":"NHWC:NCHW"}},
    {"config":{"name":"far","base_path":"s3://bucket/far"}}]}
EOF

# Libraries that the loader resolves outside lib/ must belong to the listed packages, and each listed package must be needed.
# The GPU plugin's libOpenCL.so.1 comes with the GPU driver, not with the server.
wanted=$(chroot "$root" /bin/sh -c 'for file in /ovms/bin/ovms /ovms/lib/*.so*; do ldd "$file"; done')
missing=$(grep 'not found' <<<"$wanted" | grep -v 'libOpenCL\.so\.1' | sort -u || true)
[[ -z $missing ]] || fail "libraries that publish/runtime-packages.txt does not bring: $missing"
asked=$(grep -o ' /[^ ]*' <<<"$wanted" | grep -v ' /ovms/' | sort -u | while read -r library; do
    chroot "$root" dpkg-query -S "$library" 2>/dev/null || chroot "$root" dpkg-query -S "/usr$library" 2>/dev/null \
        || chroot "$root" dpkg-query -S "${library#/usr}"
done | cut -d: -f1 | sort -u)
[[ $asked == "$(printf '%s\n' "${packages[@]}" | sort -u)" ]] \
    || fail "publish/runtime-packages.txt lists '${packages[*]}', but the libraries ask for '$(echo $asked)'."

read -r grpc rest < <(free_ports 2)
log=$CACHE/server.log

# ends_with WORDS MODEL: the server must exit with 1 and a message that contains WORDS. /proc is not mounted yet.
ends_with() {
    local code=0
    timeout 60 env -i "$(command -v chroot)" --userspec=5000:5000 "$root" /ovms/bin/ovms --model_name dummy --model_path "$2" \
        --rest_bind_address 127.0.0.1 --rest_port "$rest" >"$log" 2>&1 || code=$?
    ((code == 1)) && grep -q "$1" "$log" && ! grep -q '^   at ' "$log" \
        || { tail -n 20 "$log" >&2; fail "the server with $2 ended with $code; expected 1 and a sentence with '$1'."; }
}
# Without /proc OpenVINO would never finish compiling.
ends_with 'there is no /proc' /models/dummy
# Files that only root may read.
cp -r "$root/models/dummy" "$root/models/folder" && chmod 700 "$root/models/folder"
cp -r "$root/models/dummy" "$root/models/file" && chmod 600 "$root/models/file/1/dummy.xml"
ends_with '/models/folder may not be read' /models/folder
ends_with '/models/file/1/dummy.xml may not be read' /models/file
# Only object stores need OpenSSL. Without it .NET would end the process.
for scheme in s3 gs az azfs; do
    ends_with "$scheme://bucket/far: object stores need OpenSSL, .*Debian packages libssl3" "$scheme://bucket/far"
done
code=0
told=$(timeout 60 env -i "$(command -v chroot)" --userspec=5000:5000 "$root" \
    /ovms/bin/ovms check --config_path /models/config.json 2>&1) || code=$?
((code == 1)) && [[ $told == *"far: "*"s3://bucket/far: object stores need OpenSSL, "* ]] \
    || fail "ovms check in the chroot ended with $code and said '$told'."

unshare --mount --pid --fork --kill-child bash -c '
    mount --make-rprivate / && mount -t proc proc "$1/proc" && mount -t sysfs -o ro sysfs "$1/sys" || exit 1
    exec env -i "$(command -v chroot)" --userspec=5000:5000 "$1" /ovms/bin/ovms --config_path /models/config.json \
        --grpc_bind_address 127.0.0.1 --rest_bind_address 127.0.0.1 --port "$2" --rest_port "$3" --ready_when tried
' - "$root" "$grpc" "$rest" >"$log" 2>&1 &
holder=$!
# The server is the first process of its namespace. Outside, it is the only child of the holder.
stop() {
    local server
    server=$(cat "/proc/$holder/task/$holder/children" 2>/dev/null || pgrep -P "$holder" || true)
    [[ -z $server ]] || kill -TERM $server 2>/dev/null || true
    local deadline=$((SECONDS + 40))
    while kill -0 "$holder" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.05; done
    kill -KILL "$holder" 2>/dev/null || true
    wait "$holder"
}
trap 'stop >/dev/null 2>&1 || true; rm -rf "$root"' EXIT

wait_ready "$rest" "$holder" 60 || { tail -n 20 "$log" >&2; fail "the server in the chroot did not become ready; its log is above."; }
answer=$(http "$rest" POST /v2/models/dummy/infer \
    '{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}')
body=$(tail -n 1 <<<"$answer" | tr -d ' \r')
[[ $body == *'"data":[1,2,3,4,5,6,7,8,9,10]'* || $body == *'"data":[1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.0]'* ]] \
    || { tail -n 20 "$log" >&2; fail "the server in the chroot answered: $answer"; }
# A BMP of one pixel, blue 1, green 2, red 3. All its bytes are ASCII, so that JSON can carry it.
z() { printf '\\u0000%.0s' $(seq "$1"); }
bmp="BM:$(z 7)6$(z 3)($(z 3)\\u0001$(z 3)\\u0001$(z 3)\\u0001$(z 1)\\u0018$(z 25)\\u0001\\u0002\\u0003$(z 1)"
answer=$(http "$rest" POST /v2/models/increment/infer '{"inputs":[{"name":"input","shape":[1],"datatype":"BYTES","data":["'"$bmp"'"]}]}')
planes=$(printf '2.0,%.0s' {1..20}; printf '3.0,%.0s' {1..20}; printf '4.0,%.0s' {1..20})
[[ $answer == *"\"data\":[${planes%,}]"* ]] \
    || { tail -n 20 "$log" >&2; fail "the server in the chroot answered an image with: $answer"; }
answer=$(http "$rest" GET /v1/config)
[[ $answer == *'s3://bucket/far: object stores need OpenSSL, '* ]] \
    || fail "the server in the chroot does not tell of the model that it cannot fetch: $answer"
code=0
stop || code=$?
trap 'rm -rf "$root"' EXIT
((code == 0)) || fail "the server in the chroot ended with $code after SIGTERM; expected 0."
say "serves in a minimal $SUITE root as user 5000 with: ${packages[*]}"
