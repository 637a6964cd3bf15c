#!/usr/bin/env bash
# Unpacks Debian's OpenCL loader into .cache/opencl without installing it. The device tests run the server with
# libOpenCL.so.1 (through the library path) and without it. If it cannot be downloaded, they report what they skip.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

readonly PACKAGE=ocl-icd-libopencl1 DEST=.cache/opencl
found() { find "$DEST" -name 'libOpenCL.so.1' -print -quit 2>/dev/null | grep -q .; }

if found; then say "OpenCL loader: $DEST"; exit 0; fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    say "OpenCL loader: not fetched, this is no Debian"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# apt run by root downloads as its own user, which must be able to write here.
chmod 755 "$work"
download() { (cd "$work" && timeout 120 apt-get download -qq -o APT::Sandbox::User=root "$PACKAGE") >/dev/null 2>&1; }
if ! download && ((EUID == 0)); then timeout 180 apt-get update -qq >/dev/null 2>&1 && download || true; fi
deb=$(find "$work" -name '*.deb' -print -quit)
if [[ -z $deb ]]; then say "OpenCL loader: apt-get could not download $PACKAGE"; exit 0; fi
mkdir -p "$DEST"
dpkg-deb -x "$deb" "$DEST"
say "OpenCL loader: unpacked under $DEST"
