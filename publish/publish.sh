#!/usr/bin/env bash
# Publishes the native binary and lays out the package in publish/out:
#   bin/ovms   lib/ (OpenVINO, its plugins and frontends, tokenizers, libSkiaSharp, libovms_paged)   lib/python (for Python nodes)
#   LICENSE   NOTICE   third-party/
# The debug symbols stay in artifacts/ (ovms.dbg). --if-needed skips the publish if sources and runtime have not changed since
# the last one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source publish/say.sh

readonly OUT=publish/out STAMP=artifacts/publish.stamp
case "$*" in
    "" | --if-needed) ;;
    *) misused "publish does not know '$*'; it takes nothing, --if-needed, or --windows [--openvino DIR|FILE]." ;;
esac
case "$(uname -m)" in
    x86_64) rid=linux-x64 ;;
    aarch64)
        rid=linux-arm64
        [[ -n ${OPENVINO_DIR:-} ]] || fail "a package for linux-arm64 needs an arm64 OpenVINO runtime; set OPENVINO_DIR to its folder."
        ;;
    *) fail "packages are made for linux-x64 and linux-arm64; this machine is $(uname -m)." ;;
esac
need_dotnet
linker_arguments

exec 4>&1
runtime=$(publish/fetch.sh 3>&1 1>&4)
publish/paged.sh "$runtime"
what="$rid $(<"$runtime/stamp")"
if [[ ${1:-} == --if-needed && -x $OUT/bin/ovms && -f $STAMP && $(<"$STAMP") == "$what" ]] \
    && [[ -z $(find src native NOTICE publish/third-party publish/publish.sh publish/paged.sh publish/python.sh Directory.Build.props Directory.Packages.props global.json \
        -newer "$STAMP" -print -quit) ]]; then
    say "package: $OUT is up to date"
    exit 0
fi

mkdir -p artifacts/logs
printf '%s\n' "$what" > "$STAMP.new"
log=artifacts/logs/publish.log
say "package: compiling the native binary for $rid (its log is $log)"
if ! dotnet publish src/Ovms.Aot -c Release -r "$rid" "${LINKER[@]}" -v minimal >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    ! grep -q 'cannot find -lz' "$log" || fail "the linker did not find zlib; install the Debian package zlib1g-dev."
    fail "dotnet publish failed; the end of $log is above."
fi
! grep -E 'warning [A-Z]+[0-9]+' "$log" >&2 || fail "the publish gave the warnings above; none is allowed."

stage=$OUT.new
rm -rf "$stage"
mkdir -p "$stage/bin" "$stage/lib" "$stage/third-party"
install -m 755 "artifacts/publish/Ovms.Aot/release_$rid/ovms" "$stage/bin/ovms"
cp -P --reflink=auto "$runtime"/lib/* "$stage/lib/"
install -m 644 "artifacts/publish/Ovms.Aot/release_$rid/libSkiaSharp.so" "$stage/lib/"
publish/python.sh "$stage"
cp LICENSE publish/third-party/NOTICE "$stage/"
cp -r "$runtime"/licenses/. "$stage/third-party/"
[[ -f $stage/third-party/openvino/LICENSE ]] \
    || say "warning: the runtime has no licences with it. Put OpenVINO's LICENSE and third-party-programs files into third-party/openvino" \
        "before the package is given to others."
cp publish/third-party/*.txt "$stage/third-party/"
packages=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: *//; s:/$::')
for part in "microsoft.netcore.app.runtime.nativeaot.$rid" "microsoft.aspnetcore.app.runtime.$rid" \
    skiasharp.nativeassets.linux.nodependencies; do
    newest=$(ls -d "$packages/$part"/*/ | sort -V | tail -n 1)
    mkdir -p "$stage/third-party/$part"
    for file in "$newest"LICENSE.* "$newest"THIRD-PARTY-NOTICES.*; do cp "$file" "$stage/third-party/$part/"; done
done
find "$stage/third-party" "$stage/LICENSE" "$stage/NOTICE" -type f -exec chmod 644 {} +

rm -rf "$OUT.old"
[[ ! -e $OUT ]] || mv "$OUT" "$OUT.old"
mv "$stage" "$OUT"
rm -rf "$OUT.old"
mv "$STAMP.new" "$STAMP"
say "package: $OUT (bin/ovms $(du -h --apparent-size "$OUT/bin/ovms" | cut -f1), in all $(du -sh --apparent-size "$OUT" | cut -f1))"
