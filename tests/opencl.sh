#!/usr/bin/env bash
# Unpacks under .cache/opencl, without installing anything, what the device tests give to single processes: Debian's OpenCL
# loader, and for the GPU tests PoCL and the layer of tests/gpu, which shows it as a GPU. Ends with 0 in any case: what is
# missing is printed here, and the tests that need it are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh
source tests/debian.sh

readonly DEST=.cache/opencl
readonly LOADER=ocl-icd-libopencl1
readonly LAYER=$DEST/libgpu_layer.so

found() { find "$DEST" -name "$1" -print -quit 2>/dev/null | grep -q .; }

# What PoCL needs and this machine lacks. Its library holds the compiler and looks for its files beside itself; the compiler's
# command, its headers and 32-bit libraries are not used.
pocl_packages() {
    local wanted
    wanted=$(apt-get install -s --no-install-recommends pocl-opencl-icd 2>/dev/null) || return 1
    printf '%s\n' pocl-opencl-icd opencl-c-headers
    sed -nE 's/^Inst ([^ ]+) \(.*/\1/p' <<<"$wanted" \
        | grep -vE '^(pocl-opencl-icd|opencl-c-headers|ocl-icd-.*|(clang|libclang-common|libclang1|llvm)-.*|lib32.*|libc6.*|.*-dev)$' || true
}

loader() {
    if found libOpenCL.so.1; then say "OpenCL loader: $DEST"; return; fi
    if fetch "$DEST" "$LOADER"; then
        say "OpenCL loader: unpacked under $DEST"
    else
        say "OpenCL loader: apt-get could not download $LOADER"
    fi
}

pocl() {
    local packages
    if [[ -e $DEST/pocl/complete ]]; then say "PoCL: $DEST/pocl"; return; fi
    rm -rf "$DEST/pocl"
    if ! packages=$(pocl_packages) && ! { update && packages=$(pocl_packages); }; then
        say "PoCL: apt-get knows no pocl-opencl-icd"
        return
    fi
    # shellcheck disable=SC2086
    if ! fetch "$DEST/pocl" $packages; then say "PoCL: apt-get could not download:" $packages; return; fi
    rm -rf "$DEST/pocl/usr/share/doc" "$DEST/pocl/usr/share/man"
    touch "$DEST/pocl/complete"
    say "PoCL: unpacked under $DEST/pocl"
}

layer() {
    local source
    if [[ ! -e $DEST/pocl/complete ]]; then return; fi
    if [[ -e $LAYER ]] && source=$(find tests/gpu -name '*.[ch]' -newer "$LAYER" -print -quit) && [[ -z $source ]]; then
        say "GPU layer: $LAYER"
        return
    fi
    rm -f "$LAYER"
    if ! command -v gcc >/dev/null; then say "GPU layer: not built, gcc is missing"; return; fi
    if gcc -std=gnu11 -O2 -Wall -Wextra -fPIC -fvisibility=hidden -shared -pthread -I"$DEST/pocl/usr/include" -o "$LAYER" tests/gpu/*.c
    then
        say "GPU layer: built as $LAYER"
    else
        say "GPU layer: not built, gcc failed"
    fi
}

if ! is_debian; then
    say "OpenCL loader, PoCL: not fetched, this is no Debian"
    exit 0
fi
loader
pocl
layer
