#!/usr/bin/env bash
# Unpacks nginx under .cache/nginx, without installing anything, for the test of streams through it, unless it is installed. Ends with 0
# in any case: what is missing is printed here, and the test is skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh
source tests/debian.sh

readonly DEST=.cache/nginx

# nginx and the libraries that this machine lacks. Its modules and its configuration are not used.
packages() {
    local wanted
    wanted=$(apt-get install -s --no-install-recommends nginx 2>/dev/null) || return 1
    printf 'nginx\n'
    sed -nE 's/^Inst ([^ ]+) \(.*/\1/p' <<<"$wanted" | grep -E '^(lib|zlib)' | grep -vE '^(libnginx-.*|libc6.*)$' || true
}

if command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]]; then say "nginx: installed"; exit 0; fi
if [[ -e $DEST/complete ]]; then say "nginx: $DEST"; exit 0; fi
if ! is_debian; then say "nginx: not fetched, this is no Debian"; exit 0; fi
rm -rf "$DEST"
if ! wanted=$(packages) && ! { update && wanted=$(packages); }; then say "nginx: apt-get knows no nginx"; exit 0; fi
# shellcheck disable=SC2086
if ! fetch "$DEST" $wanted; then say "nginx: apt-get could not download:" $wanted; exit 0; fi
rm -rf "$DEST/usr/share"
touch "$DEST/complete"
say "nginx: unpacked under $DEST"
