#!/usr/bin/env bash
# Checks the Dockerfile without a container engine: the runtime stage installs exactly publish/runtime-packages.txt, the entry
# point is the binary, the user is 5000, and all files that it copies from the repository exist.
# Exit code 0 passed, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

stage() { awk -v name="$1" '/^FROM / { inside = ($NF == name) } inside' Dockerfile; }

runtime=$(stage runtime)
[[ -n $runtime ]] || fail "the Dockerfile has no stage 'runtime'."
installs=$(grep -oE '(xargs|apt-get|image-packages).*' <<<"$runtime")
[[ $installs == 'xargs /mnt/image-packages.sh \' ]] && grep -q "grep -v '^#' /mnt/runtime-packages.txt | xargs" <<<"$runtime" \
    || fail "the runtime stage installs something else than publish/runtime-packages.txt: $installs"
grep -qx 'ENTRYPOINT \["/ovms/bin/ovms"\]' <<<"$runtime" || fail "the runtime stage's entry point is not the binary itself."
grep -q '^HEALTHCHECK .*--start-period=.* CMD \["/ovms/bin/ovms", "health"\]$' <<<"$runtime" || fail "the runtime stage's HEALTHCHECK is not ovms health with a start period."
! grep -q 'apt-get' <<<"$(stage gpu; stage npu)" || fail "a stage for a device installs without publish/image-packages.sh."
grep -q 'useradd --uid 5000 --gid 5000' <<<"$runtime" || fail "the runtime stage does not make user 5000."
for name in runtime gpu npu; do
    [[ $(stage "$name" | grep '^USER ' | tail -n 1) == 'USER 5000' ]] || fail "stage '$name' does not end as user 5000."
done
[[ $(grep '^FROM ' Dockerfile | tail -n 1) == 'FROM runtime AS cpu' ]] || fail "the last stage is not the one for the CPU."
while read -r source; do
    [[ -e $source ]] || fail "the Dockerfile copies '$source', which is not there."
done < <(awk '/^COPY / && $2 !~ /^--from/ { for (i = 2; i < NF; i++) print $i }' Dockerfile)
say "the Dockerfile installs exactly: $(grep -v '^#' publish/runtime-packages.txt | tr '\n' ' ')"
