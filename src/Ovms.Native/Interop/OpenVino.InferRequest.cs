using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native.Handles;

namespace Ovms.Native.Interop;

/// <summary>
/// <c>ov_callback_t</c>. The library keeps the pointer to this struct and does not copy it. So it stays in native memory until after
/// <c>ov_infer_request_free</c> (see <see cref="InferRequestHandle"/>).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_callback_t
{
    public delegate* unmanaged[Cdecl]<void*, void> callback_func;
    public void* args;
}

// ov_infer_request.h. Setting a tensor shares it and leaves the handle with the caller; getting one returns a new handle for it.
internal static unsafe partial class OpenVino
{
    /// <summary>Blocks until a running inference has ended.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_infer_request_free(IntPtr infer_request);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_set_input_tensor_by_index(
        InferRequestHandle infer_request, nuint idx, TensorHandle tensor);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_set_output_tensor_by_index(
        InferRequestHandle infer_request, nuint idx, TensorHandle tensor);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_get_input_tensor_by_index(
        InferRequestHandle infer_request, nuint idx, out TensorHandle tensor);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_get_output_tensor_by_index(
        InferRequestHandle infer_request, nuint idx, out TensorHandle tensor);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_infer(InferRequestHandle infer_request);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_cancel(InferRequestHandle infer_request);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_start_async(InferRequestHandle infer_request);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_wait(InferRequestHandle infer_request);

    /// <summary><paramref name="timeout"/> in milliseconds.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_wait_for(InferRequestHandle infer_request, long timeout);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_infer_request_set_callback(InferRequestHandle infer_request, ov_callback_t* callback);
}
