using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Marshalling;

namespace Ovms.Native.Interop;

/// <summary>The OpenVINO C API with its native names. This file: <c>ov_common.h</c>.</summary>
internal static unsafe partial class OpenVino
{
    /// <summary>Static text for a status; must not be freed.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [return: MarshalUsing(typeof(BorrowedUtf8String))]
    internal static partial string? ov_get_error_info(OvStatus status);

    /// <summary>The last error text, which the whole process shares. Each call returns a new copy; the marshaller frees it.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [return: MarshalUsing(typeof(OwnedUtf8String))]
    internal static partial string? ov_get_last_err_msg();

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_free(byte* content);
}
