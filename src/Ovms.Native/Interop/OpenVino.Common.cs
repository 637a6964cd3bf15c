using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Marshalling;

namespace Ovms.Native.Interop;

/// <summary>The OpenVINO C API, native names verbatim. This file: <c>ov_common.h</c>.</summary>
internal static unsafe partial class OpenVino
{
    /// <summary>Static text for a status; never freed.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [return: MarshalUsing(typeof(BorrowedUtf8String))]
    internal static partial string? ov_get_error_info(OvStatus status);

    /// <summary>A fresh copy on each call of one text shared by the whole process; the copy is ours to free.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [return: MarshalUsing(typeof(OwnedUtf8String))]
    internal static partial string? ov_get_last_err_msg();

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_free(byte* content);
}
