using Ovms.Native.Handles;
using Ovms.Native.Interop;

namespace Ovms.Native;

/// <summary>
/// Builds conversions of inputs and outputs into a model. Say what callers send, what is to be done, and what the network
/// expects; then <see cref="Build"/>, which changes the model this was made of. For one thread and one build.
/// </summary>
public sealed class PrePostProcessor : IDisposable
{
    private readonly PrePostProcessorHandle _handle;
    private readonly List<IDisposable> _parts = [];

    /// <summary>Starts on a model.</summary>
    public PrePostProcessor(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        OpenVino.ov_preprocess_prepostprocessor_create(model.Handle, out _handle).Check();
    }

    /// <summary>Conversions of one input. Valid until this is disposed.</summary>
    public PreProcessInput Input(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_preprocess_prepostprocessor_get_input_info_by_index(_handle, (nuint)index, out PreProcessInputInfoHandle info).Check();
        PreProcessInput input = new(info);
        _parts.Add(input);
        return input;
    }

    /// <summary>Conversions of one output. Valid until this is disposed.</summary>
    public PostProcessOutput Output(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        OpenVino.ov_preprocess_prepostprocessor_get_output_info_by_index(_handle, (nuint)index, out PostProcessOutputInfoHandle info).Check();
        PostProcessOutput output = new(info);
        _parts.Add(output);
        return output;
    }

    /// <summary>Puts the conversions into the model, and returns a handle of its own onto that same model.</summary>
    public Model Build()
    {
        OpenVino.ov_preprocess_prepostprocessor_build(_handle, out ModelHandle model).Check();
        return new Model(model);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The parts point into what the handle owns: they go first.
        foreach (IDisposable part in _parts)
            part.Dispose();
        _handle.Dispose();
    }
}
