#!/usr/bin/env bash
# Runs a command with a Wine prefix of its own, .cache/wine, which the first run makes (700 MB, 10 s). Ends the prefix' processes
# afterwards. Exit code 77 with a reason where there is no 64-bit Wine; else that of the command.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

# Debian keeps the loader where the PATH does not lead.
wine=$(PATH=$PATH:/usr/lib/wine command -v wine64) || { say "skipped: there is no wine64 (Debian packages wine and wine64)"; exit 77; }
server=$(PATH=$(dirname "$(readlink -f "$wine")"):$PATH:/usr/lib/wine; command -v wineserver64 || command -v wineserver) \
    || { say "skipped: there is no wineserver beside $wine"; exit 77; }

# Arguments of a process are read in the character set of the locale.
export WINEPREFIX=$PWD/.cache/wine WINEDEBUG=-all LC_ALL=C.UTF-8
unset DISPLAY
finish() { "$server" -k 2>/dev/null || true; }
trap finish EXIT
if [[ ! -f $WINEPREFIX/complete ]]; then
    rm -rf "$WINEPREFIX"
    mkdir -p "$WINEPREFIX"
    # A new prefix says that it is Windows 7.
    if ! { "$wine" wineboot --init && "$wine" winecfg -v win10 && "$server" -w; } >"$WINEPREFIX.log" 2>&1; then
        say "skipped: Wine could not make its prefix: $(tail -n 1 "$WINEPREFIX.log")"
        exit 77
    fi
    touch "$WINEPREFIX/complete"
fi
code=0
"$@" || code=$?
exit "$code"
