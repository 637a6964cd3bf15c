using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native.Handles;

namespace Ovms.Native.Interop;

// ov_tensor.h
internal static unsafe partial class OpenVino
{
    /// <summary>The caller owns the memory, which must outlive every tensor and request that uses it and must not be null.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_create_from_host_ptr(
        ElementType type, ov_shape_t shape, void* host_ptr, out TensorHandle tensor);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_create(ElementType type, ov_shape_t shape, out TensorHandle tensor);

    /// <summary>Copies each string up to its first NUL.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_create_from_string_array(
        byte** string_array, nuint array_size, ov_shape_t shape, out TensorHandle tensor);

    /// <summary>Keeps the memory if the new shape fits into it, else allocates anew; a tensor over host memory cannot grow.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_set_shape(TensorHandle tensor, ov_shape_t shape);

    /// <summary>Fails with INVALID_C_PARAM for a scalar.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_get_shape(TensorHandle tensor, ov_shape_t* shape);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_get_element_type(TensorHandle tensor, out ElementType type);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_get_size(TensorHandle tensor, out nuint elements_size);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_get_byte_size(TensorHandle tensor, out nuint byte_size);

    /// <summary>The tensor's memory, borrowed for as long as the tensor lives and keeps its shape.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_tensor_data(TensorHandle tensor, void** data);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_tensor_free(IntPtr tensor);
}
