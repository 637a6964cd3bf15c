# Sourced by the other scripts: how they speak, and how they say what the machine lacks.

say() { printf '%s\n' "$*"; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# need COMMAND PACKAGE: one line with the remedy when COMMAND is not there.
need() { command -v "$1" >/dev/null || fail "'$1' was not found; install the Debian package $2."; }

need_dotnet() {
    need dotnet dotnet-sdk-10.0
    dotnet --list-sdks | grep -q '^10\.' \
        || fail "dotnet is there but has no SDK 10 (it has: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd ' ')); install the Debian package dotnet-sdk-10.0."
}

# NativeAOT links with clang unless told otherwise; gcc does as well. Sets the publish arguments that say so.
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
