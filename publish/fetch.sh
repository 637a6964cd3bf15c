#!/usr/bin/env bash
# Finds the OpenVINO runtime and copies it to <dest>/lib (all libraries in one folder, as their $ORIGIN run path requires),
# <dest>/licenses and <dest>/include (C++ headers, for publish/paged.sh). Prints <dest> on file descriptor 3, if open, as the last line.
# <dest> is .cache/openvino for the pinned runtime and .cache/openvino-own for one of OPENVINO_DIR, so that the latter is
# never used as the pinned one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

(($# == 0)) || misused "fetch does not know '$*'; it takes nothing. OPENVINO_DIR names a runtime of your own."

readonly PINS=publish/runtime.sha256
readonly RUNTIME=openvino==2026.4.1 TOKENIZERS=openvino-tokenizers==2026.4.1.0

done_with() {
    { printf '%s\n' "$1" >&3; } 2>/dev/null || true
    exit 0
}

# Builds the folder beside its final place and then renames it, so that an interrupted fetch leaves no incomplete folder.
begin() { STAGE="$1.new"; rm -rf "$STAGE"; mkdir -p "$STAGE/lib" "$STAGE/licenses"; }
finish() {
    chmod -R u=rwX,go=rX "$2.new"
    printf '%s\n' "$1" > "$2.new/stamp"
    rm -rf "$2"
    mv "$2.new" "$2"
}

from_own_folder() {
    local given=$1 dest=.cache/openvino-own folder="" tbb="" tokenizers="" candidate
    for candidate in "$given" "$given/libs" "$given/runtime/lib/intel64" "$given/runtime/lib/aarch64"; do
        if compgen -G "$candidate/libopenvino_c.so*" >/dev/null; then folder=$candidate; break; fi
    done
    [[ -n $folder ]] \
        || fail "OPENVINO_DIR is '$given', but libopenvino_c.so* is neither there nor under libs/ or runtime/lib/intel64/; set it to the OpenVINO folder or unset it."
    # The archive distribution has TBB in another folder; the wheel has the tokenizers in a sibling package.
    for candidate in "$folder" "$given/runtime/3rdparty/tbb/lib"; do
        if compgen -G "$candidate/libtbb.so*" >/dev/null; then tbb=$candidate; break; fi
    done
    for candidate in "$folder" "$given/../openvino_tokenizers/lib" "$folder/../../openvino_tokenizers/lib"; do
        if [[ -e $candidate/libopenvino_tokenizers.so ]]; then tokenizers=$candidate; break; fi
    done
    say "runtime: taken as it is, without a checksum, from $folder (OPENVINO_DIR)"
    [[ -n $tokenizers ]] || say "runtime: no libopenvino_tokenizers.so was found near it; models that need tokenizers will not load"

    local stamp
    stamp=$(find -L "$folder" ${tbb:+"$tbb"} ${tokenizers:+"$tokenizers"} -maxdepth 1 -name '*.so*' -printf '%p %s %T@\n' \
        | sort | sha256sum)
    if [[ ! -f $dest/stamp || $(<"$dest/stamp") != "$stamp" ]]; then
        begin "$dest"
        for candidate in "$folder" ${tbb:+"$tbb"} ${tokenizers:+"$tokenizers"}; do
            find "$candidate" -maxdepth 1 \( -name '*.so' -o -name '*.so.*' -o -name cache.json \) ! -name '*_debug*' \
                -exec cp -P {} "$STAGE/lib/" \;
        done
        for candidate in "$given/include" "$folder/../include" "$given/runtime/include"; do
            if [[ -d $candidate/openvino ]]; then cp -rL "$candidate" "$STAGE/include"; break; fi
        done
        finish "$stamp" "$dest"
    fi
    done_with "$dest"
}

# Checks both wheels in folder $1 against the pinned checksums and unpacks them.
from_wheels() {
    local wheels=$1 dest=.cache/openvino wheel report
    need unzip unzip
    report=$(cd "$wheels" && sha256sum -c "$OLDPWD/$PINS" 2>&1) \
        || fail "a wheel in $wheels does not have the SHA-256 in $PINS: $(grep -v ': OK$' <<<"$report" | head -n 1); delete it and fetch again."
    begin "$dest"
    wheel=$(echo "$wheels"/openvino-[0-9]*.whl)
    unzip -qjo "$wheel" 'openvino/libs/*' -x '*.pc' -d "$STAGE/lib"
    unzip -qo "$wheel" 'openvino/include/*' -d "$STAGE"
    mv "$STAGE/openvino/include" "$STAGE/include"
    rmdir "$STAGE/openvino"
    unzip -qjo "$wheel" '*.dist-info/licenses/*' -d "$STAGE/licenses/openvino"
    wheel=$(echo "$wheels"/openvino_tokenizers-[0-9]*.whl)
    unzip -qjo "$wheel" 'openvino_tokenizers/lib/*' -d "$STAGE/lib"
    unzip -qjo "$wheel" '*.dist-info/LICENSE' '*.dist-info/third-party-programs.txt' -d "$STAGE/licenses/openvino_tokenizers"
    finish "$(<"$PINS")" "$dest"
    [[ $wheels != .cache/* ]] || rm -rf "$wheels"
    say "runtime: unpacked from $wheels"
    done_with "$dest"
}

all_wheels_in() {
    local name
    while read -r _ name; do [[ -f $1/$name ]] || return 1; done < "$PINS"
}

if [[ -n ${OPENVINO_DIR:-} ]]; then from_own_folder "${OPENVINO_DIR%/}"; fi

# A cache without headers is of an earlier release. It is made anew where that takes no download.
if [[ -f .cache/openvino/stamp && $(<.cache/openvino/stamp) == "$(<"$PINS")" ]] \
    && { [[ -d .cache/openvino/include ]] || ! all_wheels_in ../shared/openvino; }; then
    say "runtime: .cache/openvino (fetched earlier)"
    done_with .cache/openvino
fi

[[ $(uname -m) == x86_64 ]] \
    || fail "the pinned OpenVINO runtime is for x86-64 and this machine is $(uname -m); set OPENVINO_DIR to a runtime for it."

if all_wheels_in ../shared/openvino; then from_wheels ../shared/openvino; fi

if ! python3 -m pip --version >/dev/null 2>&1; then
    fail "no OpenVINO runtime: OPENVINO_DIR is not set, .cache/openvino and ../shared/openvino hold none, and pip is not there to download it; install the Debian package python3-pip, or set OPENVINO_DIR to a folder that holds libopenvino_c.so."
fi
say "runtime: downloading $RUNTIME and $TOKENIZERS"
mkdir -p .cache/wheels
# Platform and Python are those of the pinned files, whichever Python runs pip: only the libraries are used.
python3 -m pip download -qq --retries 2 --disable-pip-version-check --no-deps --only-binary=:all: --python-version 311 \
    --implementation cp --abi cp311 --abi none --platform manylinux_2_28_x86_64 -d .cache/wheels "$RUNTIME" "$TOKENIZERS" \
    || fail "no OpenVINO runtime: pip could not download $RUNTIME and $TOKENIZERS (its own words are above), and OPENVINO_DIR is not set; set it to a folder that holds libopenvino_c.so, or make the download possible."
all_wheels_in .cache/wheels \
    || fail "pip downloaded other files than those in $PINS ($(ls .cache/wheels | paste -sd ' ')); delete .cache/wheels and fetch again."
from_wheels .cache/wheels
