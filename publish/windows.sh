#!/usr/bin/env bash
# Lays out the package for Windows x64 in publish/out-windows and packs it as publish/out-windows.zip:
#   ovms/bin/ovms.exe   ovms/lib/ (OpenVINO, its plugins and frontends, libSkiaSharp, python)   LICENSE   NOTICE   third-party/
# On Windows the binary is native. Elsewhere no linker makes one, and it carries the .NET runtime in its file instead.
# Usage: publish/windows.sh [--openvino DIR|FILE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

readonly OUT=publish/out-windows RID=win-x64
openvino=""
while (($# > 0)); do
    case "$1" in
        --openvino) (($# > 1)) || fail "--openvino needs a value: an unpacked OpenVINO for Windows or its archive."; openvino=$2; shift 2 ;;
        --openvino=*) openvino=${1#*=}; shift ;;
        *) misused "publish --windows does not know '$1'; it takes --openvino DIR|FILE." ;;
    esac
done
need_dotnet
publish/fetch-windows.sh "$openvino"
readonly RUNTIME=.cache/openvino-windows

case "$(uname -s)" in
    MINGW* | MSYS* | CYGWIN*) how="native" arguments=() ;;
    *)
        how="self-contained"
        arguments=(-p:OvmsForm=self-contained)
        ;;
esac
mkdir -p artifacts/logs
log=artifacts/logs/publish-windows.log
say "package for Windows: making the $how binary (its log is $log)"
if ! dotnet publish src/Ovms.Aot -c Release -r "$RID" "${arguments[@]}" -v minimal >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    fail "dotnet publish failed; the end of $log is above."
fi
! grep -E 'warning [A-Z]+[0-9]+' "$log" >&2 || fail "the publish gave the warnings above; none is allowed."

built=artifacts/publish/Ovms.Aot/release_$RID
stage=$OUT.new
rm -rf "$stage"
mkdir -p "$stage/ovms/bin" "$stage/ovms/lib" "$stage/ovms/third-party"
cp "$built/ovms.exe" "$stage/ovms/bin/"
cp "$RUNTIME"/lib/* "$stage/ovms/lib/"
cp "$built/libSkiaSharp.dll" "$stage/ovms/lib/"
# The module in C is for Linux; Python 3.12 and later does without.
mkdir "$stage/ovms/lib/python"
cp native/python/*.py "$stage/ovms/lib/python/"
cp LICENSE publish/third-party/NOTICE "$stage/ovms/"
cp -r "$RUNTIME"/licenses/. publish/third-party/*.txt "$stage/ovms/third-party/"
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//; s:[/\\]$::')
for part in "microsoft.netcore.app.runtime.$RID" "microsoft.netcore.app.runtime.nativeaot.$RID" "microsoft.aspnetcore.app.runtime.$RID" \
    skiasharp.nativeassets.win32; do
    newest=$(ls -d "$packages/$part"/*/ 2>/dev/null | sort -V | tail -n 1)
    [[ -n $newest ]] || continue
    mkdir -p "$stage/ovms/third-party/$part"
    for file in "$newest"LICENSE* "$newest"THIRD-PARTY-NOTICES*; do [[ ! -f $file ]] || cp "$file" "$stage/ovms/third-party/$part/"; done
done
chmod -R u=rwX,go=rX "$stage"

dotnet msbuild publish/zip.proj -nologo -v:quiet -p:From="$PWD/$stage" -p:To="$PWD/$stage.zip"
rm -rf "$OUT"
mv "$stage" "$OUT"
mv "$stage.zip" "$OUT.zip"
say "package for Windows: $OUT.zip ($(du -h --apparent-size "$OUT.zip" | cut -f1); ovms.exe $(du -h --apparent-size "$OUT/ovms/bin/ovms.exe" | cut -f1), in all $(du -sh --apparent-size "$OUT" | cut -f1))"
