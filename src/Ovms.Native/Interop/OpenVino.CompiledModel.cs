using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Handles;
using Ovms.Native.Marshalling;

namespace Ovms.Native.Interop;

// ov_compiled_model.h
internal static unsafe partial class OpenVino
{
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_compiled_model_free(IntPtr compiled_model);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_compiled_model_inputs_size(CompiledModelHandle compiled_model, out nuint size);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_compiled_model_outputs_size(CompiledModelHandle compiled_model, out nuint size);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_compiled_model_input_by_index(
        CompiledModelHandle compiled_model, nuint index, out ConstPortHandle input_port);

    /// <summary>Looks at inputs only. Fails with GENERAL_ERROR or NOT_FOUND if no input has the name.</summary>
    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_compiled_model_input_by_name(
        CompiledModelHandle compiled_model, string name, out ConstPortHandle input_port);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_compiled_model_output_by_index(
        CompiledModelHandle compiled_model, nuint index, out ConstPortHandle output_port);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_compiled_model_create_infer_request(
        CompiledModelHandle compiled_model, out InferRequestHandle infer_request);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_compiled_model_get_property(
        CompiledModelHandle compiled_model, string property_key, [MarshalUsing(typeof(OwnedUtf8String))] out string? property_value);
}
