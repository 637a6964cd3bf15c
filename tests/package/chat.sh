#!/usr/bin/env bash
# Tests that the demo's language model knows the capital of France. Exit code 0 passed, 77 skipped, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

model=../shared/models/smollm2_135m
[[ -f $model/openvino_model.xml ]] || { say "skipped: SmolLM2 is not at hand (it is looked for in $model)."; exit 77; }
words=$(demo/chat.sh "What is the capital of France?") || { say "$words"; fail "the demo failed; what it said is above."; }
say "$words"
[[ $words == *Paris* ]] || fail "the demo's answer does not name Paris."
[[ $words == *" tokens, the first one after "* ]] || fail "the demo does not say how long the answer took."
