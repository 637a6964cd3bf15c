#!/usr/bin/env bash
# Tests that the demo's first label is the zebra. Exit code 0 passed, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

words=$(demo/run.sh) || { say "$words"; fail "the demo failed; what it said is above."; }
say "$words"
first=$(grep -m 1 -E '^ +[0-9.]+ %  ' <<<"$words") || fail "the demo printed no label."
[[ $first == *'zebra (340)' ]] || fail "the demo's first label is '$first'; expected the zebra."
[[ $words == *"The call took "*" ms"* ]] || fail "the demo does not say how long the call took."
