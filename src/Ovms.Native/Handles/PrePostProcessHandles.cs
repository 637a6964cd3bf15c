using Microsoft.Win32.SafeHandles;
using Ovms.Native.Interop;

namespace Ovms.Native.Handles;

/// <summary>Owns one <c>ov_preprocess_prepostprocessor_t</c>. The objects below point into it and are freed before it.</summary>
internal sealed class PrePostProcessorHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_preprocess_prepostprocessor_free(handle);
        return true;
    }
}

/// <summary>Owns one <c>ov_preprocess_input_info_t</c>.</summary>
internal sealed class PreProcessInputInfoHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_preprocess_input_info_free(handle);
        return true;
    }
}

/// <summary>Owns one <c>ov_preprocess_input_tensor_info_t</c>.</summary>
internal sealed class PreProcessInputTensorInfoHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_preprocess_input_tensor_info_free(handle);
        return true;
    }
}

/// <summary>Owns one <c>ov_preprocess_input_model_info_t</c>.</summary>
internal sealed class PreProcessInputModelInfoHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_preprocess_input_model_info_free(handle);
        return true;
    }
}

/// <summary>Owns one <c>ov_preprocess_preprocess_steps_t</c>.</summary>
internal sealed class PreProcessStepsHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_preprocess_preprocess_steps_free(handle);
        return true;
    }
}

/// <summary>Owns one <c>ov_preprocess_output_info_t</c>.</summary>
internal sealed class PostProcessOutputInfoHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_preprocess_output_info_free(handle);
        return true;
    }
}

/// <summary>Owns one <c>ov_preprocess_output_tensor_info_t</c>.</summary>
internal sealed class PostProcessOutputTensorInfoHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        OpenVino.ov_preprocess_output_tensor_info_free(handle);
        return true;
    }
}
