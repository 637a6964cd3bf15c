# Sourced by the other scripts: messages, errors, and checks for required tools.

say() { printf '%s\n' "$*"; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# misused SENTENCE: arguments that the script does not know. Nothing has been done.
misused() {
    printf 'error: %s\n' "$*" >&2
    exit 64
}

# need COMMAND PACKAGE: fails and names the Debian package if COMMAND is missing.
need() { command -v "$1" >/dev/null || fail "'$1' was not found; install the Debian package $2."; }

need_dotnet() {
    need dotnet dotnet-sdk-10.0
    dotnet --list-sdks | grep -q '^10\.' \
        || fail "dotnet is there but has no SDK 10 (it has: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd ' ')); install the Debian package dotnet-sdk-10.0."
}

# Sets LINKER, the publish arguments that choose the linker. NativeAOT uses clang by default; gcc works too.
linker_arguments() {
    if command -v clang >/dev/null; then
        LINKER=()
    elif command -v gcc >/dev/null; then
        LINKER=(-p:CppCompilerAndLinker=gcc)
    else
        fail "neither clang nor gcc was found; install the Debian package build-essential (or clang)."
    fi
    need objcopy binutils
}
