#!/usr/bin/env bash
# Tests where publish/fetch-windows.sh takes the runtime for Windows from, and its errors: in a temporary tree, with empty libraries.
# Exit code 0 passed, 77 skipped with a reason, anything else failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source publish/say.sh

command -v unzip >/dev/null || { say "skipped: unzip is not installed (Debian package unzip)"; exit 77; }
command -v python3 >/dev/null \
    || { say "skipped: python3, which makes the archive of this test, is not installed (Debian package python3)"; exit 77; }

work=$(mktemp -d -t ovms-fetch-windows.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/repo/publish"
cp publish/fetch-windows.sh publish/windows.sh publish/say.sh "$work/repo/publish/"
readonly LIB=$work/repo/.cache/openvino-windows/lib

# fetches NAME GIVEN [OPENVINO_DIR_WINDOWS]: runs the script; sets $words to its output.
fetches() {
    case=$1 code=0
    words=$(cd "$work/repo" && env -u OPENVINO_DIR_WINDOWS ${3:+OPENVINO_DIR_WINDOWS="$3"} bash publish/fetch-windows.sh ${2:+"$2"} 2>&1) || code=$?
}
expect_failure() {
    ((code != 0)) && [[ $words == *"$1"* && $(grep -c '^error: ' <<<"$words") == 1 ]] \
        || fail "$case: ended with $code and said '$words'; expected a failure with '$1'."
}
# expect LIBRARY...: exactly these lie in the folder of the runtime.
expect() {
    ((code == 0)) && [[ $(ls "$LIB" | paste -sd ' ') == "$*" ]] \
        || fail "$case: ended with $code, said '$words' and left '$(ls "$LIB" 2>/dev/null | paste -sd ' ')'; expected '$*'."
}

# As OpenVINO's archive has them.
archive() {
    mkdir -p "$1/w/runtime/bin/intel64/Release" "$1/w/runtime/bin/intel64/Debug" "$1/w/runtime/3rdparty/tbb/bin" "$1/w/docs/licensing"
    touch "$1/w/runtime/bin/intel64/Release/"{openvino_c,openvino_paddle_frontend}.dll "$1/w/runtime/bin/intel64/Debug/openvino_cd.dll" \
        "$1/w/runtime/3rdparty/tbb/bin/"{tbb12,tbb12_debug}.dll "$1/w/docs/licensing/LICENSE"
}

fetches "nothing anywhere" ""
expect_failure "no OpenVINO runtime for Windows: give --openvino DIR|FILE or set OPENVINO_DIR_WINDOWS"
fetches "a path that is not there" "$work/none"
expect_failure "--openvino is '$work/none', which does not exist"
fetches "a variable with a path that is not there" "" "$work/none"
expect_failure "OPENVINO_DIR_WINDOWS is '$work/none', which does not exist"
mkdir "$work/empty"
fetches "a folder without the runtime" "$work/empty"
expect_failure "but openvino_c.dll is nowhere in it"
touch "$work/file.rar"
fetches "a file of another kind" "$work/file.rar"
expect_failure "whose name does not end in .zip, .whl, .tar.xz or .tgz"
code=0
words=$(cd "$work/repo" && bash publish/windows.sh --openvino 2>&1) || code=$?
case="an option without its value"
expect_failure "--openvino needs a value"

archive "$work/unpacked"
fetches "an unpacked archive" "$work/unpacked/w"
expect openvino_c.dll openvino_paddle_frontend.dll tbb12.dll
[[ -e $work/repo/.cache/openvino-windows/licenses/openvino/LICENSE ]] || fail "$case: its licence was not taken."
[[ $words != *"no licences"* ]] || fail "$case: said '$words', although it has a licence."
fetches "the same again" "$work/unpacked/w"
expect openvino_c.dll openvino_paddle_frontend.dll tbb12.dll
[[ $words == *"fetched earlier"* ]] || fail "$case: said '$words'; expected that it was fetched earlier."

python3 -m zipfile -c "$work/w.zip" "$work/unpacked/w"
fetches "an archive, which comes before the variable" "$work/w.zip" "$work/none"
expect openvino_c.dll openvino_paddle_frontend.dll tbb12.dll

readonly BESIDE=$work/shared/openvino/windows
mkdir -p "$work/flat" "$BESIDE"
touch "$work/flat/"{openvino_c,openvino}.dll
tar -C "$work/flat" -cJf "$BESIDE/openvino-windows-2026.4.1.tar.xz" .
fetches "an archive beside the repository" ""
expect openvino.dll openvino_c.dll
[[ ! -e $work/repo/.cache/openvino-windows/unpacked ]] || fail "$case: the unpacked archive was kept."
[[ $words == *"warning: the runtime for Windows has no licences with it"* ]] || fail "$case: said '$words'; expected a warning about licences."
rm "$BESIDE"/*

# Each form that is beside the repository, with the tokenizers' wheel, which is no runtime.
touch "$BESIDE/openvino_tokenizers-2026.4.1.0-py3-none-win_amd64.whl"
fetches "no runtime among the files beside the repository" ""
expect_failure "no OpenVINO runtime for Windows"
for name in openvino_toolkit_windows_2026.4.1_x86_64.zip openvino-2026.4.1-22982-cp311-cp311-win_amd64.whl; do
    cp "$work/w.zip" "$BESIDE/$name"
    fetches "$name beside the repository" ""
    expect openvino_c.dll openvino_paddle_frontend.dll tbb12.dll
    rm "$BESIDE/$name"
done
tar -C "$work/flat" -czf "$BESIDE/openvino-windows.tgz" .
fetches "a .tgz beside the repository" ""
expect openvino.dll openvino_c.dll
cp -r "$work/unpacked/w" "$BESIDE/w"
fetches "an unpacked archive beside the repository, which comes before others" ""
expect openvino_c.dll openvino_paddle_frontend.dll tbb12.dll
rm -r "$BESIDE/w"

mkdir -p "$work/repo/.cache/openvino/licenses/openvino"
touch "$work/repo/.cache/openvino/licenses/openvino/LICENSE"
fetches "a runtime without licences, where that for Linux has them" ""
expect openvino.dll openvino_c.dll
[[ -e $work/repo/.cache/openvino-windows/licenses/openvino/LICENSE && $words == *"those of OpenVINO for Linux are taken"* ]] \
    || fail "$case: said '$words' and took no licence."

say "the runtime for Windows is taken from --openvino, OPENVINO_DIR_WINDOWS or what lies beside the repository, as folder or archive"
