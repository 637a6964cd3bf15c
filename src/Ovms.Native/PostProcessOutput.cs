using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>One output of a <see cref="PrePostProcessor"/>. The C API can only set its element type.</summary>
public sealed class PostProcessOutput : IDisposable
{
    private readonly PostProcessOutputInfoHandle _info;
    private readonly PostProcessOutputTensorInfoHandle _tensor;

    internal PostProcessOutput(PostProcessOutputInfoHandle info)
    {
        _info = info;
        OpenVino.ov_preprocess_output_info_get_tensor_info(info, out _tensor).Check();
    }

    /// <summary>Sets the element type that callers get.</summary>
    public PostProcessOutput SetElementType(ElementType type)
    {
        OpenVino.ov_preprocess_output_set_element_type(_tensor, type).Check();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tensor.Dispose();
        _info.Dispose();
    }
}
