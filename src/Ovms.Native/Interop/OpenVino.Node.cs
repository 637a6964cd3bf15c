using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Handles;
using Ovms.Native.Marshalling;

namespace Ovms.Native.Interop;

// ov_node.h
internal static unsafe partial class OpenVino
{
    /// <summary>Fails with GENERAL_ERROR if the port has no name.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_port_get_any_name(
        ConstPortHandle port, [MarshalUsing(typeof(OwnedUtf8String))] out string? tensor_name);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_port_get_partial_shape(ConstPortHandle port, ov_partial_shape_t* partial_shape);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_port_get_element_type(ConstPortHandle port, out ElementType tensor_type);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_output_const_port_free(IntPtr port);
}
