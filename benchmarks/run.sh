#!/usr/bin/env bash
# Measures the published binary and writes benchmarks/results.md; publishes first if needed.
#   benchmarks/run.sh [--rounds N] [--starts N] [--reloads N]     latency, start-up time, memory, reloads
#   benchmarks/run.sh --micro [OPTIONS]             single steps of a call, with BenchmarkDotNet and its options
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

publish/publish.sh --if-needed
mkdir -p artifacts/logs artifacts/bench
dotnet build benchmarks/Ovms.Benchmarks -c Release -v quiet >artifacts/logs/bench-build.log 2>&1 \
    || { tail -n 20 artifacts/logs/bench-build.log >&2; fail "the benchmarks do not build; the end of artifacts/logs/bench-build.log is above."; }

# The plain C program that start-up is compared with: over the libraries of the package, with the headers of the runtime's wheel.
plain=../shared/bin/raw.c
wheel=$(compgen -G '../shared/openvino/openvino-[0-9]*.whl' || true)
rm -f artifacts/bench/raw
if [[ -f $plain && -n $wheel ]] && command -v cc >/dev/null && command -v unzip >/dev/null; then
    unzip -qo "$wheel" 'openvino/include/openvino/c/*' -d artifacts/bench
    library=$(basename publish/out/lib/libopenvino_c.so*)
    cc -O2 -o artifacts/bench/raw "$plain" -Iartifacts/bench/openvino/include -Lpublish/out/lib -l:"$library" \
        -Wl,-rpath,"$PWD/publish/out/lib" -Wl,-rpath-link,publish/out/lib
else
    say "bench: $plain, the runtime's wheel with its headers, cc or unzip is not at hand: start-up is not compared with a plain C program"
fi

OVMS_OPENVINO_DIR=$PWD/publish/out/lib exec artifacts/bin/Ovms.Benchmarks/release/Ovms.Benchmarks "$@"
