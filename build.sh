#!/usr/bin/env bash
# Runs the script of a command: demo, publish, test, soak, bench, fetch.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

usage() {
    cat <<'HELP'
Usage: ./build.sh COMMAND

  demo      serve the trained squeezenet, send it a photograph, print the five best labels, stop
            chat "…": serve the language model SmolLM2, where it is at hand, send it a message, print the answer, stop
  publish   leave the package in publish/out: bin/ovms, lib/ (OpenVINO), licences; it runs from any folder
            --windows [--openvino DIR|FILE]: the package for Windows instead, publish/out-windows.zip
  test      build with warnings as errors, run every test, publish, run the end-to-end and package tests;
            --image [gpu] builds the Dockerfile with buildah instead (with gpu, that target too) and serves from the image
            --windows makes the package for Windows instead and runs its tests under Wine
  soak      [MINUTES [FOLDER]]: a language model, mixed callers and reloads for minutes; nothing may be left at the end
            streams [RELOADS]: reloads of a graph under streams, none of which may lose a packet
  bench     measure the published binary against the engine alone and an echo; --quick for a short run (arguments are passed on)
  fetch     get the OpenVINO runtime into .cache/ (the commands above do it by themselves)

What has to be installed: the .NET SDK 10, gcc or clang, binutils, zlib's headers, unzip, and pip if OpenVINO is to be downloaded.
With a C++ compiler (g++ or clang++; CXX names another) language models of many callers share one inference by paged attention.
Debian: dotnet-sdk-10.0 (Microsoft's package source) build-essential zlib1g-dev unzip python3-pip
The OpenVINO runtime is taken from the first of: the folder in OPENVINO_DIR, an earlier fetch in .cache/,
../shared/openvino/*.whl, pip download. All but the first are checked against publish/runtime.sha256.
The runtime for Windows is taken from --openvino, OPENVINO_DIR_WINDOWS or ../shared/openvino/windows.
HELP
}

case "${1:-}" in
    demo)
        shift
        if [[ ${1:-} == chat ]]; then shift; exec demo/chat.sh "$@"; fi
        exec demo/run.sh "$@"
        ;;
    publish)
        shift
        if [[ ${1:-} == --windows ]]; then shift; exec publish/windows.sh "$@"; fi
        exec publish/publish.sh "$@"
        ;;
    test) shift; exec tests/run.sh "$@" ;;
    soak) shift; exec tests/soak.sh "$@" ;;
    bench) shift; exec benchmarks/run.sh "$@" ;;
    fetch) shift; exec publish/fetch.sh "$@" ;;
    "" | help | -h | --help) usage ;;
    *)
        printf '%s\n\n' "./build.sh: there is no command '$1'." >&2
        usage >&2
        exit 64
        ;;
esac
