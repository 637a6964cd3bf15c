#!/usr/bin/env bash
# Tests that each command of build.sh refuses arguments that it does not know, before it does anything: in a temporary tree that holds
# the scripts alone. Exit code 0 passed, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

work=$(mktemp -d -t ovms-arguments.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/publish" "$work/tests" "$work/demo"
cp build.sh "$work/"
cp publish/*.sh "$work/publish/"
cp tests/*.sh "$work/tests/"
cp demo/*.sh "$work/demo/"
before=$(cd "$work" && find . | sort)

# refuses WORDS ARGUMENT...: one error line with WORDS, exit code 64, and nothing written.
refuses() {
    local expected=$1 words code=0
    shift
    words=$(bash "$work/build.sh" "$@" 2>&1 >"$work.out") || code=$?
    rm -f "$work.out"
    ((code == 64)) && [[ $words == "error: $expected"* && $(wc -l <<<"$words") == 1 ]] \
        || fail "'$*': ended with $code and said '$words'; expected 64 and 'error: $expected'."
    [[ $(cd "$work" && find . | sort) == "$before" ]] || fail "'$*' was refused but left something behind."
}

refuses "publish does not know '--foo'" publish --foo
refuses "publish does not know '--window'" publish --window
refuses "publish does not know '--openvino /x'" publish --openvino /x
refuses "publish does not know '--if-needed --foo'" publish --if-needed --foo
refuses "publish --windows does not know '--foo'" publish --windows --foo
refuses "test does not know '--foo'" test --foo
refuses "test does not know '--windows gpu'" test --windows gpu
refuses "test --image does not know 'cpus'" test --image cpus
refuses "test --image does not know 'gpu npu'" test --image gpu npu
refuses "test --image cannot build target npu: it needs Intel's driver packages" test --image npu
refuses "soak streams takes a number of reloads, not 'all'" soak streams all
refuses "soak streams takes one number of reloads, not 2 words" soak streams 10 20
refuses "fetch does not know '--foo'" fetch --foo
refuses "demo takes one photograph" demo a.jpeg b.jpeg
refuses "demo chat takes one message, not 2" demo chat What now

say "publish, test, soak, fetch and demo refuse arguments that they do not know, and do nothing then"
