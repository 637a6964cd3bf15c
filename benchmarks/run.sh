#!/usr/bin/env bash
# Measures the published binary against the engine alone and against an echo; publishes first if needed.
#   benchmarks/run.sh                      everything, about 45 minutes: writes benchmarks/results.md
#   benchmarks/run.sh --quick              the same with few short rounds, about 20 minutes: writes artifacts/bench/results.md
#   benchmarks/run.sh --only PART,PART     some of ways, json, start, memory, bench, health, crowd, reload, shared, graph, and for
#                                          each of resnet50, squeezenet, mobilenet_v2 (where it is at hand) sweep-MODEL, burst-MODEL,
#                                          beside-MODEL;
#                                          with or without --quick: writes artifacts/bench/results.md
#   benchmarks/run.sh --micro [OPTIONS]    single steps of a call, with BenchmarkDotNet and its options
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

publish/publish.sh --if-needed
mkdir -p artifacts/logs artifacts/bench
dotnet build benchmarks/Ovms.Benchmarks -c Release -v quiet >artifacts/logs/bench-build.log 2>&1 \
    || { tail -n 20 artifacts/logs/bench-build.log >&2
         fail "the benchmarks do not build; the end of artifacts/logs/bench-build.log is above."; }

if [[ ${1:-} != --micro ]]; then
    # The programs for comparison are not in the repository: a load generator with its echo, and the engine alone as a plain C program.
    # The latter is compiled here with the libraries of the package and the headers of the runtime's wheel.
    wheel=$(compgen -G '../shared/openvino/openvino-[0-9]*.whl' || true)
    [[ -x ../shared/bin/loadgen && -f ../shared/bin/raw.c && -n $wheel ]] \
        || fail "the benchmarks compare with ../shared/bin/loadgen and ../shared/bin/raw.c and need the headers in ../shared/openvino/openvino-*.whl; not all of them are there. 'ovms bench' measures without them."
    need cc build-essential
    need unzip unzip
    unzip -qo "$wheel" 'openvino/include/openvino/c/*' -d artifacts/bench
    library=$(basename publish/out/lib/libopenvino_c.so*)
    cc -O2 -o artifacts/bench/raw ../shared/bin/raw.c benchmarks/line_buffered.c -Iartifacts/bench/openvino/include -Lpublish/out/lib \
        -l:"$library" -Wl,-rpath,"$PWD/publish/out/lib" -Wl,-rpath-link,publish/out/lib
fi

OVMS_OPENVINO_DIR=$PWD/publish/out/lib exec artifacts/bin/Ovms.Benchmarks/release/Ovms.Benchmarks "$@"
