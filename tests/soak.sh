#!/usr/bin/env bash
# Runs the published binary for long under load that changes what it serves; at the end nothing may be lost and nothing may be left.
#   tests/soak.sh [MINUTES [FOLDER]]       3 minutes, ../shared/models/smollm2_135m: a language model, mixed callers, and a reload by an edit
#                                          of the configuration every 15 s; no block of the KV cache, no memory and no error line may be
#                                          left, and a fixed prompt has the answer of the start
#   tests/soak.sh streams [RELOADS]        1000: reloads of a graph and of its model under streams, none of which may lose a packet
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

if [[ ${1:-} == streams ]]; then
    (($# <= 2)) || misused "soak streams takes one number of reloads, not $(($# - 1)) words."
    [[ ${2:-1000} =~ ^[1-9][0-9]*$ ]] || misused "soak streams takes a number of reloads, not '$2': ./build.sh soak streams 1000"
    export OVMS_STREAM_RELOADS=${2:-1000}
    tests=StreamReloadTests
else
    export OVMS_SOAK_MINUTES=${1:-3}
    [[ $OVMS_SOAK_MINUTES =~ ^[0-9]+(\.[0-9]+)?$ ]] || fail "'$OVMS_SOAK_MINUTES' is no number of minutes: ./build.sh soak 10"
    model=${2:-../shared/models/smollm2_135m}
    [[ -f $model/openvino_model.xml ]] || fail "there is no language model in $model: ./build.sh soak MINUTES FOLDER"
    OVMS_SOAK_MODEL=$(cd "$model" && pwd)
    export OVMS_SOAK_MODEL
    tests=LanguageSoakTests
fi

need_dotnet
[[ -n ${OVMS_PACKAGE:-} ]] || publish/publish.sh --if-needed
dotnet build tests/Ovms.EndToEnd.Tests -c Release -v quiet -nologo
exec artifacts/bin/Ovms.EndToEnd.Tests/release/Ovms.EndToEnd.Tests \
    --no-ansi --progress off --output Detailed --treenode-filter "/*/*/$tests/*"
