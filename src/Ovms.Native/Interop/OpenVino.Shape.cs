using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ovms.Native.Interop;

/// <summary>
/// <c>ov_shape_t</c> (ov_shape.h), passed by value. As an argument, <c>dims</c> may point to a managed span that is pinned for the call,
/// and a scalar is { 0, null }. As a result, <c>dims</c> is native memory and is freed by <c>ov_shape_free</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_shape_t
{
    public long rank;
    public long* dims;
}

internal static unsafe partial class OpenVino
{
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_shape_free(ov_shape_t* shape);
}
