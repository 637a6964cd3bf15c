#!/usr/bin/env bash
# Finds the OpenVINO runtime for Windows and copies its libraries to .cache/openvino-windows/lib, all in one folder.
# Usage: publish/fetch-windows.sh [DIR|FILE], else OPENVINO_DIR_WINDOWS, else ../shared/openvino/windows.
# DIR: an unpacked OpenVINO; FILE: the archive of it (.zip, .tar.xz, .tgz) or a wheel (.whl).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

readonly DEST=.cache/openvino-windows
given=${1:-} named=--openvino
if [[ -z $given && -n ${OPENVINO_DIR_WINDOWS:-} ]]; then given=$OPENVINO_DIR_WINDOWS named=OPENVINO_DIR_WINDOWS; fi
if [[ -z $given ]]; then
    given=$(compgen -G '../shared/openvino/windows/openvino-windows-*.tar.xz' | sort -V | tail -n 1) || true
    named=../shared/openvino/windows
fi
[[ -n $given ]] || fail "no OpenVINO runtime for Windows: give --openvino DIR|FILE or set OPENVINO_DIR_WINDOWS to an unpacked OpenVINO for Windows or its archive."
[[ -e $given ]] || fail "$named is '$given', which does not exist; give an unpacked OpenVINO for Windows or its archive."

stamp=$(find -L "$given" \( -iname '*.dll' -o -type f -path "$given" \) -printf '%p %s %T@\n' | sort | sha256sum)
if [[ -f $DEST/stamp && $(<"$DEST/stamp") == "$stamp" ]]; then
    say "runtime for Windows: $DEST (fetched earlier)"
    exit 0
fi

stage=$DEST.new
rm -rf "$stage"
mkdir -p "$stage/lib" "$stage/licenses"
folder=$given
if [[ -f $given ]]; then
    folder=$stage/unpacked
    mkdir "$folder"
    case "$given" in
        *.zip | *.whl) need unzip unzip; unzip -q "$given" -d "$folder" ;;
        *.tar.* | *.tgz) tar -C "$folder" -xf "$given" ;;
        *) fail "$named is '$given', whose name does not end in .zip, .whl, .tar.xz or .tgz." ;;
    esac
fi
[[ -n $(find -L "$folder" -iname openvino_c.dll -print -quit) ]] \
    || fail "$named is '$given', but openvino_c.dll is nowhere in it; give an unpacked OpenVINO for Windows or its archive."

# Debug libraries have folders or names of their own, and those of Python and of the command-line tools are not used. GPU and NPU plugins are taken
# where they are.
find -L "$folder" -iname '*.dll' ! -iname '*_debug.dll' ! -iname '*python*' ! -ipath '*/debug/*' \
    -exec cp -n {} "$stage/lib/" \;
find -L "$folder" \( -ipath '*licens*' -o -iname 'NOTICE*' -o -iname 'third-party*' \) -type f -size -4M -exec cp -n {} "$stage/licenses/" \;
[[ $folder == "$given" ]] || rm -rf "$folder"
chmod -R u=rwX,go=rX "$stage"
printf '%s\n' "$stamp" >"$stage/stamp"
rm -rf "$DEST"
mv "$stage" "$DEST"
say "runtime for Windows: taken as it is, without a checksum, from $given ($named)"
