#!/usr/bin/env bash
# Lays out what Python nodes need in a package: DIR/lib/python with ovms_node.py, pyovms.py and, where it can be compiled, pyovms.abi3.so.
# Without a C compiler or Python's headers (3.11 or later) it says so in one line and succeeds: Python nodes then need Python 3.12.
# CC names the compiler; the default is gcc, then clang. PYTHON names the Python whose headers are taken; the default is python3.
# Usage: publish/python.sh DIR
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

readonly TARGET=$1/lib/python SOURCE=native/pyovms.c
mkdir -p "$TARGET"
install -m 644 native/python/ovms_node.py native/python/pyovms.py "$TARGET/"

without() {
    rm -f "$TARGET/pyovms.abi3.so"
    say "Python nodes: pyovms in C is left out, because $1; they need Python 3.12 or later then"
    exit 0
}

compiler=${CC:-}
for candidate in gcc clang; do
    if [[ -z $compiler ]] && command -v "$candidate" >/dev/null; then compiler=$candidate; fi
done
[[ -n $compiler ]] || without "there is no C compiler (install the Debian package gcc)"

headers=()
for python in ${PYTHON:-python3 /usr/bin/python3}; do
    folder=$("$python" -c 'import sys, sysconfig; print(sysconfig.get_path("include") if sys.version_info >= (3, 11) else "")' 2>/dev/null) || continue
    if [[ -n $folder && -f $folder/Python.h ]]; then
        headers=(-I "$folder")
        break
    fi
done
((${#headers[@]} > 0)) || without "there are no headers of Python 3.11 or later (install the Debian package python3-dev)"

log=artifacts/logs/python.log
mkdir -p artifacts/logs
# $compiler may hold a launcher and flags.
# shellcheck disable=SC2086
if ! $compiler -std=c11 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra "${headers[@]}" "$SOURCE" -o "$TARGET/pyovms.abi3.so" -s >"$log" 2>&1; then
    without "$compiler could not compile $SOURCE (its words are in $log)"
fi
say "Python nodes: pyovms compiled with $compiler"
