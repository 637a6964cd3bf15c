using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ovms.Native.Interop;

/// <summary>
/// <c>ov_partial_shape_t</c> (ov_partial_shape.h), 24 bytes, passed by value. The owner of <c>dims</c> is as in
/// <see cref="ov_shape_t"/>; a struct filled by the library is freed by <c>ov_partial_shape_free</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_partial_shape_t
{
    public ov_dimension_t rank;
    public ov_dimension_t* dims;
}

internal static unsafe partial class OpenVino
{
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_partial_shape_free(ov_partial_shape_t* partial_shape);
}
