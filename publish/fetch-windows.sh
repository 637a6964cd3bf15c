#!/usr/bin/env bash
# Finds the OpenVINO runtime for Windows and copies its libraries to .cache/openvino-windows/lib, all in one folder, and its licences to
# .cache/openvino-windows/licenses.
# Usage: publish/fetch-windows.sh [DIR|FILE], else OPENVINO_DIR_WINDOWS, else what ../shared/openvino/windows holds.
# DIR: an unpacked OpenVINO; FILE: the archive of it (.zip, .tar.xz, .tgz) or a wheel (.whl).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

readonly DEST=.cache/openvino-windows BESIDE=../shared/openvino/windows
has_runtime() { [[ -n $(find -L "$1" -iname openvino_c.dll -print -quit) ]]; }

given=${1:-} named=--openvino
if [[ -z $given && -n ${OPENVINO_DIR_WINDOWS:-} ]]; then given=$OPENVINO_DIR_WINDOWS named=OPENVINO_DIR_WINDOWS; fi
if [[ -z $given && -d $BESIDE ]]; then
    named=$BESIDE
    # An unpacked one, else the archive with the highest version; a wheel of the tokenizers alone is no runtime.
    if has_runtime "$BESIDE"; then
        given=$BESIDE
    else
        given=$(find -L "$BESIDE" -maxdepth 1 -type f -iname '*openvino*' ! -iname '*tokenizers*' \
            \( -iname '*.zip' -o -iname '*.tar.xz' -o -iname '*.tgz' -o -iname '*.whl' \) | sort -V | tail -n 1)
    fi
fi
[[ -n $given ]] || fail "no OpenVINO runtime for Windows: give --openvino DIR|FILE or set OPENVINO_DIR_WINDOWS to an unpacked OpenVINO for Windows or its archive."
[[ -e $given ]] || fail "$named is '$given', which does not exist; give an unpacked OpenVINO for Windows or its archive."

# What is taken, and the layout of what it is copied to.
stamp="2 $(find -L "$given" \( -iname '*.dll' -o -type f -path "$given" \) -printf '%p %s %T@\n' | sort | sha256sum)"
if [[ -f $DEST/stamp && $(<"$DEST/stamp") == "$stamp" ]]; then
    say "runtime for Windows: $DEST (fetched earlier)"
    exit 0
fi

stage=$DEST.new
rm -rf "$stage"
mkdir -p "$stage/lib" "$stage/licenses/openvino"
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
has_runtime "$folder" \
    || fail "$named is '$given', but openvino_c.dll is nowhere in it; give an unpacked OpenVINO for Windows or its archive."

# Debug libraries have folders or names of their own, and those of Python and of the command-line tools are not used. GPU and NPU plugins are taken
# where they are.
find -L "$folder" -iname '*.dll' ! -iname '*_debug.dll' ! -iname '*python*' ! -ipath '*/debug/*' \
    -exec cp -n {} "$stage/lib/" \;
# Not by the path alone: that of the folder itself may hold any word.
(cd "$folder" && find -L . \( -ipath '*licens*' -o -iname 'NOTICE*' -o -iname '*third-party*' \) -type f -size -4M -print0) \
    | while IFS= read -r -d '' file; do cp -n "$folder/$file" "$stage/licenses/openvino/"; done
[[ $folder == "$given" ]] || rm -rf "$folder"
say "runtime for Windows: taken as it is, without a checksum, from $given ($named)"
if [[ -z $(ls "$stage/licenses/openvino") ]]; then
    # Those of the same sources for Linux say the same.
    wheel=$(compgen -G '../shared/openvino/openvino-[0-9]*.whl' | sort -V | tail -n 1) || true
    if [[ -f .cache/openvino/licenses/openvino/LICENSE ]]; then
        cp -r .cache/openvino/licenses/. "$stage/licenses/"
        say "runtime for Windows: it has no licences with it; those of OpenVINO for Linux are taken, from .cache/openvino"
    elif [[ -n $wheel ]] && command -v unzip >/dev/null; then
        unzip -qjo "$wheel" '*.dist-info/licenses/*' -d "$stage/licenses/openvino"
        tokenizers=$(compgen -G '../shared/openvino/openvino_tokenizers-[0-9]*.whl' | sort -V | tail -n 1) || true
        [[ -z $tokenizers ]] || unzip -qjo "$tokenizers" '*.dist-info/LICENSE' '*.dist-info/third-party-programs.txt' \
            -d "$stage/licenses/openvino_tokenizers"
        say "runtime for Windows: it has no licences with it; those of OpenVINO for Linux are taken, from $wheel"
    else
        say "warning: the runtime for Windows has no licences with it, and none of OpenVINO for Linux are here. Put OpenVINO's LICENSE and" \
            "third-party-programs files into third-party/openvino before the package is given to others."
    fi
fi
chmod -R u=rwX,go=rX "$stage"
printf '%s\n' "$stamp" >"$stage/stamp"
rm -rf "$DEST"
mv "$stage" "$DEST"
