using Ovms.Native.Handles;
using Ovms.Native.Interop;
using Ovms.Native.Marshalling;

namespace Ovms.Native;

/// <summary>
/// One input of a <see cref="PrePostProcessor"/>: <c>Set…</c> describes what callers send, <c>SetModelLayout</c> what the model expects.
/// All other methods are steps between the two, executed in the order of the calls.
/// </summary>
public sealed unsafe class PreProcessInput : IDisposable
{
    private readonly PreProcessInputInfoHandle _info;
    private readonly PreProcessInputTensorInfoHandle _tensor;
    private readonly PreProcessStepsHandle _steps;
    private readonly PreProcessInputModelInfoHandle _model;

    internal PreProcessInput(PreProcessInputInfoHandle info)
    {
        _info = info;
        OpenVino.ov_preprocess_input_info_get_tensor_info(info, out _tensor).Check();
        OpenVino.ov_preprocess_input_info_get_preprocess_steps(info, out _steps).Check();
        OpenVino.ov_preprocess_input_info_get_model_info(info, out _model).Check();
    }

    /// <summary>Element type that callers send; converted to the model's type unless a step already does so.</summary>
    public PreProcessInput SetElementType(ElementType type)
    {
        OpenVino.ov_preprocess_input_tensor_info_set_element_type(_tensor, type).Check();
        return this;
    }

    /// <summary>Layout that callers send, e.g. <c>NHWC</c>.</summary>
    public PreProcessInput SetLayout(string layout)
    {
        using LayoutHandle handle = CreateLayout(layout);
        OpenVino.ov_preprocess_input_tensor_info_set_layout(_tensor, handle).Check();
        return this;
    }

    /// <summary>Colour format that callers send.</summary>
    public PreProcessInput SetColorFormat(ColorFormat format)
    {
        OpenVino.ov_preprocess_input_tensor_info_set_color_format(_tensor, format).Check();
        return this;
    }

    /// <summary>Height and width that callers send; for inputs that a step resizes.</summary>
    public PreProcessInput SetSpatialShape(int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        OpenVino.ov_preprocess_input_tensor_info_set_spatial_static_shape(_tensor, (nuint)height, (nuint)width).Check();
        return this;
    }

    /// <summary>Layout that the model expects, e.g. <c>NCHW</c>; inputs sent in another layout are transposed.</summary>
    public PreProcessInput SetModelLayout(string layout)
    {
        using LayoutHandle handle = CreateLayout(layout);
        OpenVino.ov_preprocess_input_model_info_set_layout(_model, handle).Check();
        return this;
    }

    /// <summary>Converts to an element type. Required before mean and scale of an integer input, since these need floats.</summary>
    public PreProcessInput ConvertElementType(ElementType type)
    {
        OpenVino.ov_preprocess_preprocess_steps_convert_element_type(_steps, type).Check();
        return this;
    }

    /// <summary>Converts to a colour format. Gray cannot be converted to colour.</summary>
    public PreProcessInput ConvertColor(ColorFormat format)
    {
        OpenVino.ov_preprocess_preprocess_steps_convert_color(_steps, format).Check();
        return this;
    }

    /// <summary>Converts to a layout.</summary>
    public PreProcessInput ConvertLayout(string layout)
    {
        using LayoutHandle handle = CreateLayout(layout);
        OpenVino.ov_preprocess_preprocess_steps_convert_layout(_steps, handle).Check();
        return this;
    }

    /// <summary>Reverses the channels: RGB becomes BGR.</summary>
    public PreProcessInput ReverseChannels()
    {
        OpenVino.ov_preprocess_preprocess_steps_reverse_channels(_steps).Check();
        return this;
    }

    /// <summary>Resizes to the height and width that the model expects.</summary>
    public PreProcessInput Resize(ResizeAlgorithm algorithm)
    {
        OpenVino.ov_preprocess_preprocess_steps_resize(_steps, algorithm).Check();
        return this;
    }

    /// <summary>Subtracts a value from every element.</summary>
    public PreProcessInput Mean(float value)
    {
        OpenVino.ov_preprocess_preprocess_steps_mean(_steps, value).Check();
        return this;
    }

    /// <summary>Subtracts a value per channel.</summary>
    public PreProcessInput Mean(ReadOnlySpan<float> values)
    {
        fixed (float* pointer = values)
            OpenVino.ov_preprocess_preprocess_steps_mean_multi_channels(_steps, pointer, values.Length).Check();
        return this;
    }

    /// <summary>Divides every element by a value.</summary>
    public PreProcessInput Scale(float value)
    {
        OpenVino.ov_preprocess_preprocess_steps_scale(_steps, value).Check();
        return this;
    }

    /// <summary>Divides each channel by a value.</summary>
    public PreProcessInput Scale(ReadOnlySpan<float> values)
    {
        fixed (float* pointer = values)
            OpenVino.ov_preprocess_preprocess_steps_scale_multi_channels(_steps, pointer, values.Length).Check();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
        _steps.Dispose();
        _tensor.Dispose();
        _info.Dispose();
    }

    private static LayoutHandle CreateLayout(string layout)
    {
        CString.Require(layout);
        OpenVino.ov_layout_create(layout, out LayoutHandle handle).Check();
        return handle;
    }
}
