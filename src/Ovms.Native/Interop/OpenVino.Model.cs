using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Handles;
using Ovms.Native.Marshalling;

namespace Ovms.Native.Interop;

// ov_model.h. Ports are addressed by index only: an input and an output may have the same name.
internal static unsafe partial class OpenVino
{
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_model_free(IntPtr model);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_model_inputs_size(ModelHandle model, out nuint input_size);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_model_outputs_size(ModelHandle model, out nuint output_size);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_model_const_input_by_index(ModelHandle model, nuint index, out ConstPortHandle input_port);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_model_const_output_by_index(ModelHandle model, nuint index, out ConstPortHandle output_port);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool ov_model_is_dynamic(ModelHandle model);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_model_reshape_by_port_indexes(
        ModelHandle model, nuint* port_indexes, ov_partial_shape_t* partial_shape, nuint size);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_model_get_friendly_name(
        ModelHandle model, [MarshalUsing(typeof(OwnedUtf8String))] out string? friendly_name);
}
