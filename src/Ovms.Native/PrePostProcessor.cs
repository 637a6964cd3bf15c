using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>
/// Adds conversions of inputs and outputs to a model. Describe what callers send, the steps, and what the model expects, then call
/// <see cref="Build"/>, which changes the model given to the constructor. For one thread and one build.
/// </summary>
public sealed class PrePostProcessor : IDisposable
{
    private readonly PrePostProcessorHandle _handle;
    private readonly List<IDisposable> _parts = [];

    /// <summary>Begins conversions for a model.</summary>
    public PrePostProcessor(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        OpenVino.ov_preprocess_prepostprocessor_create(model.Handle, out _handle).Check();
    }

    /// <summary>The conversions of one input. Valid until this object is disposed.</summary>
    public PreProcessInput Input(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_preprocess_prepostprocessor_get_input_info_by_index(
            _handle, (nuint)index, out PreProcessInputInfoHandle info).Check();
        PreProcessInput input = new(info);
        _parts.Add(input);
        return input;
    }

    /// <summary>The conversions of one output. Valid until this object is disposed.</summary>
    public PostProcessOutput Output(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_preprocess_prepostprocessor_get_output_info_by_index(
            _handle, (nuint)index, out PostProcessOutputInfoHandle info).Check();
        PostProcessOutput output = new(info);
        _parts.Add(output);
        return output;
    }

    /// <summary>Adds the conversions to the model and returns a second handle of the same model.</summary>
    public Model Build()
    {
        OpenVino.ov_preprocess_prepostprocessor_build(_handle, out ModelHandle model).Check();
        return new Model(model);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The parts point into memory that the handle owns, so they are disposed first.
        foreach (IDisposable part in _parts)
            part.Dispose();
        _handle.Dispose();
    }
}
