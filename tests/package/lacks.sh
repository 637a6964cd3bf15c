#!/usr/bin/env bash
# Tests that publishing without a required tool fails with one line that names the Debian package, and that it goes on without a C++
# compiler: in a temporary tree, with a PATH where one tool is missing. Exit code 0 passed, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

work=$(mktemp -d -t ovms-lacks.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/repo/.cache/openvino/lib" "$work/repo/publish" "$work/tools" "$work/bin" "$work/shared/openvino"
cp build.sh "$work/repo/"
cp publish/*.sh publish/runtime.sha256 "$work/repo/publish/"
cp publish/runtime.sha256 "$work/repo/.cache/openvino/stamp"
# All tools of this machine except those that a case may leave out.
for folder in /usr/local/bin /usr/bin /bin; do
    for tool in "$folder"/*; do
        case ${tool##*/} in
            dotnet | gcc | clang | objcopy | unzip) ;;
            *) ln -sf "$tool" "$work/tools/${tool##*/}" ;;
        esac
    done
done

# have TOOL...: puts fakes of these tools on the PATH, and no others.
have() {
    rm -f "$work/bin/"*
    local tool
    for tool in "$@"; do printf '#!/bin/sh\nexit 0\n' >"$work/bin/$tool"; done
    [[ " $* " != *" dotnet "* ]] \
        || printf '#!/bin/sh\n[ "$1" != --list-sdks ] || echo "%s [/sdk]"\n%s\n' "${sdk:-10.0.100}" "${publish:-}" >"$work/bin/dotnet"
    chmod +x "$work/bin/"*
}
# says WORDS: publishing must fail with one error line, the last, that contains WORDS.
says() {
    local words code=0
    words=$(env -i HOME="$work" PATH="$work/bin:$work/tools" bash "$work/repo/build.sh" publish 2>&1) || code=$?
    ((code == 1)) && [[ $(grep -c '^error: ' <<<"$words") == 1 && $(tail -n 1 <<<"$words") == "error: "*"$1"* ]] \
        || fail "expected one line with '$1'; ended with $code and said '$words'."
}

have gcc objcopy unzip; says "install the Debian package dotnet-sdk-10.0"
sdk=8.0.404 have dotnet gcc objcopy unzip; says "has no SDK 10 (it has: 8.0.404)"
have dotnet objcopy unzip; says "install the Debian package build-essential"
have dotnet gcc unzip; says "install the Debian package binutils"
publish='[ "$1" != publish ] || { echo "ld: cannot find -lz"; exit 1; }' have dotnet gcc objcopy unzip
says "install the Debian package zlib1g-dev"
rm -rf "$work/repo/.cache"
while read -r _ wheel; do touch "$work/shared/openvino/$wheel"; done <publish/runtime.sha256
have dotnet gcc objcopy; says "install the Debian package unzip"

# Without a C++ compiler the step of paged attention succeeds, says so in one line, and leaves no library of an earlier build.
mkdir -p "$work/runtime/lib" "$work/repo/native"
touch "$work/runtime/lib/libovms_paged.so"
words=$(env -i HOME="$work" PATH="$work/tools" CXX=/nonexistent/g++ bash "$work/repo/publish/paged.sh" "$work/runtime" 2>&1) \
    || fail "publish/paged.sh ended with $? without a C++ compiler and said '$words'."
[[ $(wc -l <<<"$words") == 1 && $words == *"paged attention: left out, because the C++ compiler '/nonexistent/g++'"*"was not found"* ]] \
    || fail "publish/paged.sh should say in one line that it has no C++ compiler, and said '$words'."
[[ ! -e $work/runtime/lib/libovms_paged.so ]] || fail "publish/paged.sh left the library of an earlier build."

say "a missing SDK, compiler, objcopy, zlib or unzip is named with its Debian package"
say "without a C++ compiler only paged attention is left out"
