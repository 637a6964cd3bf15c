using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native.Handles;

namespace Ovms.Native.Interop;

// ov_layout.h
internal static partial class OpenVino
{
    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_layout_create(string layout_desc, out LayoutHandle layout);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_layout_free(IntPtr layout);
}
