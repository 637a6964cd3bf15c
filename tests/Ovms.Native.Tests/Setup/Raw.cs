using System.Runtime.InteropServices;
using Ovms.Native.Interop;

namespace Ovms.Native.Tests.Setup;

/// <summary>Native functions without the marshalling that is under test, and functions that the product does not bind.</summary>
internal static unsafe class Raw
{
    private static readonly Lazy<IntPtr> s_module = new(() =>
    {
        string folder = OpenVinoLibrary.Directory;
        return NativeLibrary.Load(LibrarySearch.FileIn(folder) ?? throw new InvalidOperationException($"No OpenVINO library in {folder}."));
    });

    internal static byte* LastErrorMessage() => ((delegate* unmanaged[Cdecl]<byte*>)Export("ov_get_last_err_msg"))();

    internal static byte* ErrorInfo(OvStatus status) => ((delegate* unmanaged[Cdecl]<OvStatus, byte*>)Export("ov_get_error_info"))(status);

    internal static OvStatus ShapeCreate(long rank, long* dims, ov_shape_t* shape) =>
        ((delegate* unmanaged[Cdecl]<long, long*, ov_shape_t*, OvStatus>)Export("ov_shape_create"))(rank, dims, shape);

    internal static OvStatus PartialShapeCreate(long rank, ov_dimension_t* dims, ov_partial_shape_t* shape) =>
        ((delegate* unmanaged[Cdecl]<long, ov_dimension_t*, ov_partial_shape_t*, OvStatus>)Export("ov_partial_shape_create"))(rank, dims, shape);

    /// <summary>Text of a shape passed by value; shows whether the struct arrived whole.</summary>
    internal static string PartialShapeText(ov_partial_shape_t shape)
    {
        byte* text = ((delegate* unmanaged[Cdecl]<ov_partial_shape_t, byte*>)Export("ov_partial_shape_to_string"))(shape);
        string result = Marshal.PtrToStringUTF8((IntPtr)text) ?? "";
        OpenVino.ov_free(text);
        return result;
    }

    internal static bool Has(string function) => NativeLibrary.TryGetExport(s_module.Value, function, out _);

    private static void* Export(string function) => (void*)NativeLibrary.GetExport(s_module.Value, function);
}
