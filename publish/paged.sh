#!/usr/bin/env bash
# Compiles native/ovms_paged.cpp against the OpenVINO runtime in a folder and leaves it beside the libraries: DIR/lib/libovms_paged.so.
# Without a C++ compiler or OpenVINO's C++ headers it says so in one line and succeeds: language models are then served without paged
# attention. CXX names the compiler; the default is g++, then clang++. Usage: publish/paged.sh DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

readonly RUNTIME=$1 SOURCE=native/ovms_paged.cpp
readonly SHIM=$RUNTIME/lib/libovms_paged.so

without() {
    rm -f "$SHIM"
    say "paged attention: left out, because $1; language models take one inference for each conversation"
    exit 0
}

compiler=${CXX:-}
for candidate in g++ clang++; do
    if [[ -z $compiler ]] && command -v "$candidate" >/dev/null; then compiler=$candidate; fi
done
[[ -n $compiler ]] || without "there is no C++ compiler (install the Debian package g++)"
command -v "${compiler%% *}" >/dev/null || without "the C++ compiler '$compiler', which CXX names, was not found"
[[ -f $RUNTIME/include/openvino/pass/sdpa_to_paged_attention.hpp ]] \
    || without "$RUNTIME/include has no C++ headers of OpenVINO (delete $RUNTIME to fetch them)"
library=$(compgen -G "$RUNTIME/lib/libopenvino.so*" | sort -V | tail -n 1) || without "$RUNTIME/lib has no libopenvino.so"

if [[ -f $SHIM && $SHIM -nt $SOURCE && $SHIM -nt publish/paged.sh && ! $library -nt $SHIM ]]; then
    exit 0
fi

# By its file name: only versioned libraries are there. libstdc++ is that of the system, as OpenVINO's: objects of it cross the border.
log=artifacts/logs/paged.log
mkdir -p artifacts/logs
# $compiler may hold a launcher and flags.
# shellcheck disable=SC2086
if ! $compiler -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -fvisibility-inlines-hidden -Wall -Wextra \
    -isystem "$RUNTIME/include" "$SOURCE" -o "$SHIM.new" "$library" -Wl,-rpath,'$ORIGIN' -Wl,-z,defs -s >"$log" 2>&1; then
    rm -f "$SHIM.new"
    without "$compiler could not compile $SOURCE (its words are in $log)"
fi
mv "$SHIM.new" "$SHIM"
say "paged attention: compiled with $compiler"
