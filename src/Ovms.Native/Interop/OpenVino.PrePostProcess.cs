using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Native.Handles;

namespace Ovms.Native.Interop;

// ov_prepostprocess.h. Every info and steps object is a small native object that points into the prepostprocessor.
// Each is freed separately, and none may be used after the prepostprocessor is freed.
internal static unsafe partial class OpenVino
{
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_prepostprocessor_create(ModelHandle model, out PrePostProcessorHandle preprocess);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_preprocess_prepostprocessor_free(IntPtr preprocess);

    /// <summary>Changes the model that the prepostprocessor was created for, and returns a second handle of it.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_prepostprocessor_build(PrePostProcessorHandle preprocess, out ModelHandle model);

    // Input: tensor (what callers send), steps (the conversions), model (what the model expects).

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_prepostprocessor_get_input_info_by_index(
        PrePostProcessorHandle preprocess, nuint tensor_index, out PreProcessInputInfoHandle preprocess_input_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_preprocess_input_info_free(IntPtr preprocess_input_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_info_get_tensor_info(
        PreProcessInputInfoHandle preprocess_input_info, out PreProcessInputTensorInfoHandle preprocess_input_tensor_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_preprocess_input_tensor_info_free(IntPtr preprocess_input_tensor_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_tensor_info_set_element_type(
        PreProcessInputTensorInfoHandle preprocess_input_tensor_info, ElementType element_type);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_tensor_info_set_color_format(
        PreProcessInputTensorInfoHandle preprocess_input_tensor_info, ColorFormat colorFormat);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_tensor_info_set_spatial_static_shape(
        PreProcessInputTensorInfoHandle preprocess_input_tensor_info, nuint input_height, nuint input_width);

    /// <summary>The layout is copied.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_tensor_info_set_layout(
        PreProcessInputTensorInfoHandle preprocess_input_tensor_info, LayoutHandle layout);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_info_get_model_info(
        PreProcessInputInfoHandle preprocess_input_info, out PreProcessInputModelInfoHandle preprocess_input_model_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_preprocess_input_model_info_free(IntPtr preprocess_input_model_info);

    /// <summary>The layout is copied.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_model_info_set_layout(
        PreProcessInputModelInfoHandle preprocess_input_model_info, LayoutHandle layout);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_input_info_get_preprocess_steps(
        PreProcessInputInfoHandle preprocess_input_info, out PreProcessStepsHandle preprocess_input_steps);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_preprocess_preprocess_steps_free(IntPtr preprocess_input_process_steps);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_resize(
        PreProcessStepsHandle preprocess_input_process_steps, ResizeAlgorithm resize_algorithm);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_scale(
        PreProcessStepsHandle preprocess_input_process_steps, float value);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_scale_multi_channels(
        PreProcessStepsHandle preprocess_input_process_steps, float* values, int value_size);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_mean(
        PreProcessStepsHandle preprocess_input_process_steps, float value);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_mean_multi_channels(
        PreProcessStepsHandle preprocess_input_process_steps, float* values, int value_size);

    /// <summary>The layout is copied.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_convert_layout(
        PreProcessStepsHandle preprocess_input_process_steps, LayoutHandle layout);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_reverse_channels(
        PreProcessStepsHandle preprocess_input_process_steps);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_convert_element_type(
        PreProcessStepsHandle preprocess_input_process_steps, ElementType element_type);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_preprocess_steps_convert_color(
        PreProcessStepsHandle preprocess_input_process_steps, ColorFormat colorFormat);

    // Output: the C API can only set the element type.

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_prepostprocessor_get_output_info_by_index(
        PrePostProcessorHandle preprocess, nuint tensor_index, out PostProcessOutputInfoHandle preprocess_output_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_preprocess_output_info_free(IntPtr preprocess_output_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_output_info_get_tensor_info(
        PostProcessOutputInfoHandle preprocess_output_info, out PostProcessOutputTensorInfoHandle preprocess_output_tensor_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_preprocess_output_tensor_info_free(IntPtr preprocess_output_tensor_info);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_preprocess_output_set_element_type(
        PostProcessOutputTensorInfoHandle preprocess_output_tensor_info, ElementType element_type);
}
