#!/usr/bin/env bash
# Serves a language model with the published binary to mixed callers for some minutes, with a reload by an edit of the configuration every
# 15 s; at the end nothing may be left: no block of the KV cache, no memory, no error line, and a fixed prompt has the answer of the start.
#   tests/soak.sh [MINUTES [FOLDER]]       3 minutes, ../shared/models/smollm2_135m
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

minutes=${1:-3}
[[ $minutes =~ ^[0-9]+(\.[0-9]+)?$ ]] || fail "'$minutes' is no number of minutes: ./build.sh soak 10"
model=${2:-../shared/models/smollm2_135m}
[[ -f $model/openvino_model.xml ]] || fail "there is no language model in $model: ./build.sh soak MINUTES FOLDER"
need_dotnet
[[ -n ${OVMS_PACKAGE:-} ]] || publish/publish.sh --if-needed
dotnet build tests/Ovms.EndToEnd.Tests -c Release -v quiet -nologo
OVMS_SOAK_MINUTES=$minutes OVMS_SOAK_MODEL=$(cd "$model" && pwd) exec artifacts/bin/Ovms.EndToEnd.Tests/release/Ovms.EndToEnd.Tests \
    --no-ansi --progress off --output Detailed --treenode-filter '/*/*/LanguageSoakTests/*'
