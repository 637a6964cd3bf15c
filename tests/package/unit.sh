#!/usr/bin/env bash
# Tests that the systemd unit passes systemd-analyze verify, and that its stop timeout is longer than the server's drain limit.
# Exit code 0 passed, 77 skipped with a reason, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

command -v systemd-analyze >/dev/null || { say "skipped: systemd-analyze is not installed (Debian package systemd)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# verify requires the program to exist, so the copy names the published one, or /bin/true.
program=$PWD/publish/out/bin/ovms
[[ -x $program ]] || program=/bin/true
sed "s|/opt/ovms/bin/ovms|$program|" publish/ovms.service > "$work/ovms.service"
words=$(systemd-analyze verify "$work/ovms.service" 2>&1) || fail "systemd-analyze verify: $words"
[[ -z $words ]] || fail "systemd-analyze verify has something to say: $words"

stop=$(sed -n 's/^TimeoutStopSec=//p' publish/ovms.service)
((stop > 30)) || fail "TimeoutStopSec=$stop would cut off calls that the server still lets finish (30 s)."
! grep -qE '^(MemoryDenyWriteExecute|PrivateDevices)=yes' publish/ovms.service \
    || fail "the unit forbids what OpenVINO needs: writable and executable memory, or the GPU and NPU devices."
say "$(systemd-analyze security --offline=true --threshold=30 "$work/ovms.service" 2>&1 | tail -n 1)"
