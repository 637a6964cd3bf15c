#!/usr/bin/env bash
# Runs all tests in order: build with warnings as errors, also for Windows and arm64; generator, unit and native tests;
# publish; end-to-end and package tests on the published binary. The last line is 'N passed, N failed'.
# With --image: only the test that builds the Dockerfile and serves from its image, which takes too long to be part of every run.
# --image gpu builds target gpu, too.
# With --windows: only the tests of the package for Windows, under Wine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

case "$*" in
    "" | --windows | --image | "--image gpu") ;;
    "--image npu") misused "test --image cannot build target npu: it needs Intel's driver packages, which Debian does not have, as a build context. \
The first lines of the Dockerfile say how it is built with them." ;;
    --image*) misused "test --image does not know '${*:2}'; it takes gpu, or nothing for target cpu." ;;
    *) misused "test does not know '$*'; it takes nothing, --windows, or --image [gpu]." ;;
esac

passed=0 failed=0 skipped=0
# What starts a test program.
through=()
# The tests that the package for Windows has of its own, and those of what depends on the system: strings, files, sockets, libraries.
readonly WINDOWS_TESTS="(Windows*)|(StringTests)|(AllTypesTests)|(KServeGrpcTests)|(TfsTests)|(ModelFormatTests)|(ReloadTests)\
|(ConfigFileTests)|(DynamicShapeTests)|(AutoShapeTests)|(ImageTests)|(ReadinessTests)|(PreprocessingTests)|(MappingTests)\
|(CloudStorageTests)|(DrainTests)|(BenchTests)"
mkdir -p artifacts/logs

finish() {
    say ""
    if ((skipped > 0)); then say "$passed passed, $failed failed, $skipped skipped"; else say "$passed passed, $failed failed"; fi
    ((failed == 0)) || exit 1
    exit 0
}

head_line() { printf '\n== %s (%ds)\n' "$1" "$SECONDS"; }

# must NAME COMMAND...: runs a stage that the rest depends on. It counts only when it fails.
must() {
    local name=$1 log
    shift
    log="artifacts/logs/${name// /-}.log"
    head_line "$name"
    if ! "$@" >"$log" 2>&1; then
        grep -E 'error|warning' "$log" | sort -u | head -n 40 || tail -n 40 "$log"
        say "failed: $* (all of it in $log)"
        failed=$((failed + 1))
        finish
    fi
    tail -n 1 "$log"
}

# suite PROJECT ARGUMENTS...: runs a test program and adds its summary to the totals; without a summary it counts as one failure.
suite() {
    local name=$1 log=artifacts/logs/$1.log code=0 counts
    head_line "$name"
    "${through[@]}" "artifacts/bin/$name/release/$name" --no-ansi --progress off "${@:2}" 2>&1 | tee "$log" | sed '/file artifacts produced/,+2d' || code=$?
    counts=$(sed -nE 's/^  (failed|succeeded|skipped): ([0-9]+)\r?$/\1 \2/p' "$log" | tail -n 3)
    local bad good left
    bad=$(awk '$1 == "failed" { print $2 }' <<<"$counts")
    good=$(awk '$1 == "succeeded" { print $2 }' <<<"$counts")
    left=$(awk '$1 == "skipped" { print $2 }' <<<"$counts")
    if [[ -z $bad || -z $good ]]; then
        say "failed: $name ended with $code before its summary"
        failed=$((failed + 1))
        return
    fi
    # A nonzero exit code without a failed test (none ran, or the program crashed at the end) is a failure too.
    if ((bad == 0 && code != 0)); then say "failed: $name ended with $code"; bad=1; fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + ${left:-0}))
}

# script PATH ARGUMENTS...: 0 passed, 77 skipped (it prints why), anything else failed.
script() {
    local code=0
    head_line "$1"
    "$@" || code=$?
    case $code in
        0) passed=$((passed + 1)) ;;
        77) skipped=$((skipped + 1)) ;;
        *) failed=$((failed + 1)); say "failed: $1 ended with $code" ;;
    esac
}

# compiles RID: builds the sources for another system, as one test. Skipped if its packs cannot be downloaded.
compiles() {
    local log=artifacts/logs/build-$1.log
    head_line "build for $1"
    if dotnet build src/Ovms.Aot -c Release -r "$1" -v quiet >"$log" 2>&1; then
        passed=$((passed + 1))
        say "builds for $1"
    elif grep -qE 'error (NU1101|NU1102|NU1301|NETSDK1112)' "$log"; then
        skipped=$((skipped + 1))
        say "skipped: the packs for $1 are not to be had: $(grep -oE 'error (NU1101|NU1102|NU1301|NETSDK1112).*' "$log" | head -n 1)"
    else
        failed=$((failed + 1))
        grep -E 'error' "$log" | sort -u | head -n 20
    fi
}

if [[ ${1:-} == --image ]]; then
    script tests/package/image.sh "${@:2}"
    finish
fi

if [[ ${1:-} == --windows ]]; then
    need_dotnet
    head_line "Wine"
    why=$(tests/wine.sh true) || { say "$why"; skipped=1; finish; }
    why=$(publish/fetch-windows.sh 2>&1) || { say "skipped: ${why#error: }"; skipped=1; finish; }
    must "publish for Windows" publish/windows.sh
    must "build" dotnet build tests/Ovms.EndToEnd.Tests -c Release -warnaserror -v quiet
    export OVMS_PACKAGE=$PWD/publish/out-windows/ovms
    through=(tests/wine.sh)
    suite Ovms.EndToEnd.Tests --treenode-filter "/*/*/$WINDOWS_TESTS/*"
    finish
fi

need_dotnet
linker_arguments
head_line "OpenVINO runtime"
exec 4>&1
runtime=$(publish/fetch.sh 3>&1 1>&4)
publish/paged.sh "$runtime"

tests/opencl.sh
tests/nginx.sh

must "restore" dotnet restore Ovms.sln -v quiet
must "build" dotnet build Ovms.sln -c Release --no-restore -warnaserror -v quiet
export OVMS_OPENVINO_DIR=$PWD/$runtime/lib
suite Ovms.Generators.Tests
suite Ovms.Tests
suite Ovms.Native.Tests
unset OVMS_OPENVINO_DIR
compiles win-x64
compiles linux-arm64
must "publish" publish/publish.sh
suite Ovms.EndToEnd.Tests
script tests/package/fetch.sh
script tests/package/fetch-windows.sh
script tests/package/lacks.sh
script tests/package/arguments.sh
script tests/package/moved.sh
script tests/package/chroot.sh
script tests/package/unit.sh
script tests/package/dockerfile.sh
script tests/package/demo.sh
script tests/package/chat.sh
finish
