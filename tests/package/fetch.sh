#!/usr/bin/env bash
# Tests the order of publish/fetch.sh's sources of the runtime, and its errors: in a temporary tree, with wheels that are made
# here. Exit code 0 passed, 77 skipped with a reason, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

command -v unzip >/dev/null || { say "skipped: unzip is not installed (Debian package unzip)"; exit 77; }
command -v python3 >/dev/null \
    || { say "skipped: python3, which makes the wheels of this test, is not installed (Debian package python3)"; exit 77; }

readonly WHEEL=openvino-2026.4.1-0-cp311-cp311-manylinux_2_28_x86_64.whl
readonly TOKENIZERS=openvino_tokenizers-2026.4.1.0-py3-none-manylinux_2_28_x86_64.whl
work=$(mktemp -d -t ovms-fetch.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/repo/publish" "$work/wheels" "$work/bin"
cp publish/fetch.sh publish/say.sh "$work/repo/publish/"
# pip COMMANDS: writes a fake python3 with these commands. Each case defines the pip that it needs.
real=$(command -v python3)
pip() { printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/python3"; chmod +x "$work/bin/python3"; }

"$real" - "$work/wheels/$WHEEL" "$work/wheels/$TOKENIZERS" <<'PY'
import sys, zipfile
runtime = ("openvino/libs/libopenvino_c.so.2641", "openvino/libs/libtbb.so.12", "openvino/include/openvino/openvino.hpp",
           "openvino-2026.4.1.dist-info/licenses/LICENSE")
tokenizers = ("openvino_tokenizers/lib/libopenvino_tokenizers.so", "t.dist-info/LICENSE", "t.dist-info/third-party-programs.txt")
for path, names in ((sys.argv[1], runtime), (sys.argv[2], tokenizers)):
    with zipfile.ZipFile(path, "w") as wheel:
        for name in names:
            wheel.writestr(name, name)
PY
(cd "$work/wheels" && sha256sum "$WHEEL" "$TOKENIZERS") >"$work/repo/publish/runtime.sha256"

# fetches NAME [OPENVINO_DIR]: runs the script; sets $words to its output and $dest to its last line on descriptor 3.
fetches() {
    code=0
    words=$(cd "$work/repo" && env -u OPENVINO_DIR ${2:+OPENVINO_DIR="$2"} PATH="$work/bin:$PATH" \
        bash publish/fetch.sh 3>"$work/dest" 2>&1) || code=$?
    dest=$(cat "$work/dest")
    case=$1
}
expect_failure() {
    ((code != 0)) && [[ $words == *"$1"* ]] || fail "$case: ended with $code and said '$words'; expected a failure with '$1'."
}
expect() {
    ((code == 0)) && [[ $dest == "$1" && -e $work/repo/$1/lib/$2 ]] \
        || fail "$case: ended with $code at '$dest' and said '$words'; expected $1/lib/$2."
}

pip 'exit 1'
fetches "nothing anywhere"
expect_failure "install the Debian package python3-pip"
[[ $(grep -c '^error: ' <<<"$words") == 1 ]] || fail "$case: expected one clear error; said '$words'."

pip 'case "$*" in *download*) echo "no network" >&2; exit 1 ;; esac'
fetches "pip that cannot download"
expect_failure "pip could not download openvino==2026.4.1"

pip 'case "$*" in *download*) for last; do :; done; while [ "$1" != -d ]; do shift; done; : > "$2/other.whl" ;; esac'
fetches "pip that brings another file"
expect_failure "pip downloaded other files than those in publish/runtime.sha256 (other.whl)"
rm -rf "$work/repo/.cache"

pip "case \"\$*\" in *download*) while [ \"\$1\" != -d ]; do shift; done; cp '$work/wheels/'*.whl \"\$2/\" ;; esac"
fetches "pip"
expect .cache/openvino libopenvino_c.so.2641
[[ -e $work/repo/.cache/openvino/lib/libopenvino_tokenizers.so && ! -e $work/repo/.cache/wheels ]] \
    || fail "$case: the tokenizers are missing, or the wheels were kept."
pip 'exit 1'
fetches "an earlier fetch"
expect .cache/openvino libopenvino_c.so.2641
[[ $words == *"fetched earlier"* ]] || fail "$case: said '$words'; expected that it was fetched earlier."

rm -rf "$work/repo/.cache"
mkdir -p "$work/shared/openvino"
cp "$work/wheels/"*.whl "$work/shared/openvino/"
fetches "wheels beside the repository"
expect .cache/openvino libopenvino_c.so.2641
[[ -e $work/shared/openvino/$WHEEL ]] || fail "$case: took away a wheel that is not its own."
rm -r "$work/repo/.cache/openvino/include"
fetches "an earlier fetch without headers"
[[ -e $work/repo/.cache/openvino/include/openvino/openvino.hpp ]] || fail "$case: the headers are missing; said '$words'."
rm -rf "$work/repo/.cache"
echo more >>"$work/shared/openvino/$TOKENIZERS"
fetches "a wheel with another checksum"
expect_failure "does not have the SHA-256 in publish/runtime.sha256: $TOKENIZERS: FAILED"
[[ ! -e $work/repo/.cache/openvino ]] || fail "$case: something was unpacked all the same."

cp "$work/wheels/$TOKENIZERS" "$work/shared/openvino/"
for inside in . libs runtime/lib/intel64; do
    mkdir -p "$work/own/$inside"
    touch "$work/own/$inside/libopenvino_c.so.2641" "$work/own/$inside/libtbb.so.12"
    headers=$work/own/include/openvino
    [[ $inside != runtime/* ]] || headers=$work/own/runtime/include/openvino
    mkdir -p "$headers"
    touch "$headers/openvino.hpp"
    fetches "OPENVINO_DIR with libraries in $inside" "$work/own"
    expect .cache/openvino-own libopenvino_c.so.2641
    [[ -e $work/repo/.cache/openvino-own/include/openvino/openvino.hpp ]] || fail "$case: the headers are missing."
    rm -rf "$work/own"
done
mkdir "$work/own"
fetches "OPENVINO_DIR without libraries" "$work/own"
expect_failure "OPENVINO_DIR is '$work/own', but libopenvino_c.so* is neither there nor under libs/ or runtime/lib/intel64/"

say "the runtime is taken from OPENVINO_DIR, an earlier fetch, wheels beside the repository or pip, in this order, and never with another checksum"
