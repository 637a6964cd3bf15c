#!/usr/bin/env bash
# Builds the Dockerfile without a container engine and serves from the image it makes: buildah with chroot isolation, a minimal Debian
# root as the base, the installed SDK as the SDK image, this machine's NuGet cache and OpenVINO runtime instead of downloads.
# Exit code 0 passed, 77 skipped with a reason, anything else failed. Images, containers and mounts end with the script.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh
source publish/serve.sh

readonly SUITE=bookworm CACHE=.cache/image MOST_BYTES=210000000
skip() { say "skipped: $*"; exit 77; }

((EUID == 0)) || skip "building an image without a container engine needs the root user"
command -v buildah >/dev/null || skip "buildah is not installed (Debian package buildah)"
command -v debootstrap >/dev/null || skip "debootstrap is not installed (Debian package debootstrap)"
unshare --mount --pid --fork true 2>/dev/null || skip "this machine does not allow mount namespaces"
need_dotnet
exec 4>&1
runtime=$(publish/fetch.sh 3>&1 1>&4) || skip "there is no OpenVINO runtime to build the image with"
[[ $runtime == .cache/openvino ]] || skip "the image is built with the pinned OpenVINO runtime; unset OPENVINO_DIR"

mkdir -p "$CACHE"
work=$(mktemp -d -p "$PWD/$CACHE" work.XXXXXX)
holder=""
finish() {
    [[ -z $holder ]] || stop >/dev/null 2>&1 || true
    image_tool umount --all >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
image_tool() { buildah --root "$work/store" --runroot "$work/run" --storage-driver vfs "$@"; }

# bud LOG ARGUMENTS...: builds the Dockerfile as it is.
bud() {
    local log=$1
    shift
    image_tool bud --isolation chroot --format docker "${layers[@]}" --pull-never \
        --build-arg BASE_IMAGE=localhost/base --build-arg SDK_IMAGE=localhost/sdk \
        --volume "$packages:/root/.nuget/packages" "$@" "$work/context" >"$log" 2>&1
}

# Where a stage could not get what it needs from outside, nothing is known of the Dockerfile.
built() {
    local log=$CACHE/$1.log
    say "building target $1 (its log is $log)"
    bud "$log" --target "$1" --tag "localhost/$1" && return
    ! grep -E 'Temporary failure resolving|Failed to fetch|Unable to fetch|Could not connect|Name or service not known|error NU1301' "$log" >"$work/why" \
        || skip "target $1 could not fetch what it needs: $(head -n 1 "$work/why")"
    tail -n 30 "$log" >&2
    fail "the Dockerfile does not build; the end of $log is above."
}

if [[ ! -f $CACHE/$SUITE.tar ]]; then
    debootstrap --variant=minbase "$SUITE" "$work/base" >"$CACHE/debootstrap.log" 2>&1 \
        || skip "debootstrap could not make a $SUITE root: $(tail -n 1 "$CACHE/debootstrap.log")"
    tar -C "$work/base" --exclude=./var/cache/apt/archives --exclude=./var/lib/apt/lists -cf "$CACHE/$SUITE.tar" .
    rm -rf "$work/base"
fi
made=$(image_tool from scratch)
image_tool add --quiet "$made" "$CACHE/$SUITE.tar" / >/dev/null
image_tool commit --quiet --rm --format docker "$made" localhost/base >/dev/null
made=$(image_tool from scratch)
image_tool copy --quiet "$made" "$(dirname "$(readlink -f "$(command -v dotnet)")")" /usr/share/dotnet >/dev/null
image_tool commit --quiet --rm --format docker "$made" localhost/sdk >/dev/null
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//; s:/$::')

# The context is the checkout with the runtime that was fetched earlier, which spares the download inside the build.
mkdir "$work/context"
tar --exclude=./.git --exclude=./artifacts --exclude='./publish/out*' --exclude=./.cache -cf - . | tar -C "$work/context" -xf -
mkdir "$work/context/.cache"
cp -rL "$runtime" "$work/context/.cache/"
# A layer for each step lets further targets begin where the first one is; each layer is a copy of the whole root.
layers=()
(($# == 0)) || layers=(--layers)

# Without its context target npu ends with a sentence, before the stage that compiles.
! bud "$CACHE/npu.log" --target npu || fail "target npu builds without its context."
grep -q 'Target npu needs .* --build-context npu-driver=DIR' "$CACHE/npu.log" || fail "target npu does not say what it needs: $(tail -n 3 "$CACHE/npu.log")"
! grep -q ' AS build' "$CACHE/npu.log" || fail "target npu was compiled before its context was missed."

built cpu
for target in "$@"; do built "$target"; done

# What the image is configured with.
config() { image_tool inspect --type image --format "$1" localhost/cpu; }
holds() { [[ $2 == "$3" ]] || fail "the image's $1 is '$2'; expected '$3'."; }
holds USER "$(config '{{.Docker.Config.User}}')" 5000
holds ENTRYPOINT "$(config '{{.Docker.Config.Entrypoint}}')" '[/ovms/bin/ovms]'
holds EXPOSE "$(config '{{range $port, $_ := .Docker.Config.ExposedPorts}}{{$port}} {{end}}')" '8000/tcp 9000/tcp '
holds "label title" "$(config '{{index .Docker.Config.Labels "org.opencontainers.image.title"}}')" ovms
holds "label licenses" "$(config '{{index .Docker.Config.Labels "org.opencontainers.image.licenses"}}')" Apache-2.0
holds HEALTHCHECK "$(config '{{.Docker.Config.Healthcheck.Test}}')" '[CMD /ovms/bin/ovms health]'
[[ $(config '{{.Docker.Config.Healthcheck.StartPeriod}}') == *m* ]] || fail "HEALTHCHECK has no start period of minutes."

root=$(image_tool mount "$(image_tool from --pull-never localhost/cpu)")

# What has no place in it, and how large the layers are that the Dockerfile puts on its base.
for pattern in 'var/lib/apt/lists/*' 'var/cache/apt/*' 'ovms/lib/*intel_gpu*' 'ovms/lib/*intel_npu*' 'src' 'usr/share/dotnet'; do
    ! compgen -G "$root/$pattern" >/dev/null || fail "the image of target cpu holds /$pattern"
done
image_tool push --quiet --disable-compression localhost/cpu "dir:$work/pushed" >/dev/null
mapfile -t sizes < <(tr -d '\n' <"$work/pushed/manifest.json" | sed 's/.*"layers"//' | grep -oE '"size": *[0-9]+' | grep -oE '[0-9]+')
bytes=0
for size in "${sizes[@]:1}"; do bytes=$((bytes + size)); done
say "target cpu: $bytes bytes in ${#sizes[@]} layers, the base (${sizes[0]} bytes) not counted"
((bytes <= MOST_BYTES)) || fail "the layers above the base have $bytes bytes; at most $MOST_BYTES are allowed."

# Served as a container engine would: the server is process 1, user 5000, the models are a volume that is only read.
mkdir -p "$work/models" "$root/models"
cp -r tests/models/dummy "$work/models/"
chmod -R go=rX "$work"/models
read -r grpc rest < <(free_ports 2)
log=$CACHE/server.log
unshare --mount --pid --fork --kill-child bash -c '
    mount --make-rprivate / && mount -t proc proc "$1/proc" && mount -t sysfs -o ro sysfs "$1/sys" \
        && mount --bind "$2" "$1/models" && mount -o remount,bind,ro "$1/models" || exit 1
    exec env -i "$(command -v chroot)" --userspec=5000:5000 "$1" /ovms/bin/ovms --model_name dummy --model_path /models/dummy \
        --target_device AUTO:GPU,CPU --grpc_bind_address 127.0.0.1 --rest_bind_address 127.0.0.1 --port "$3" --rest_port "$4"
' - "$root" "$work/models" "$grpc" "$rest" >"$log" 2>&1 &
holder=$!
server() { cat "/proc/$holder/task/$holder/children" 2>/dev/null; }
stop() {
    kill -TERM $(server) 2>/dev/null || true
    local deadline=$((SECONDS + 40)) ended=$holder
    while kill -0 "$ended" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.05; done
    kill -KILL "$ended" 2>/dev/null || true
    holder=""
    wait "$ended"
}
wait_ready "$rest" "$holder" 60 || { tail -n 20 "$log" >&2; fail "the server in the image did not become ready; its log is above."; }
# The HEALTHCHECK command, in the server's namespaces and as its user.
health() { nsenter --target "$(server | tr -d ' ')" --mount --pid env -i "$(command -v chroot)" --userspec=5000:5000 "$root" /ovms/bin/ovms health "$@" 2>&1; }
told=$(health) || fail "the health check of a ready server ended with $?: $told"
[[ $told == "The server at 127.0.0.1:$rest is ready." ]] || fail "the health check said: $told"
told=$(health --port "$grpc") || fail "the health check over gRPC ended with $?: $told"
answer=$(http "$rest" POST /v2/models/dummy/infer '{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}')
[[ $(tail -n 1 <<<"$answer" | tr -d ' \r') == *'"data":[1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.0]'* ]] || fail "the server in the image answered: $answer"
grep -q "GPU is absent, so AUTO:GPU,CPU goes on as AUTO:CPU. Missing for GPU: OpenVINO's plugin is not there" "$log" || { tail -n 20 "$log" >&2; fail "AUTO:GPU,CPU gave no warning."; }
code=0
stop || code=$?
((code == 0)) || fail "the server in the image ended with $code after SIGTERM; expected 0."
say "the image of the Dockerfile serves as user 5000 from a read-only volume, and its health check finds it ready"
