using System.Diagnostics.CodeAnalysis;
using Ovms.Native.Handles;
using Ovms.Native.Interop;
using Ovms.Native.Marshalling;

namespace Ovms.Native;

/// <summary>A model compiled for devices. Thread-safe; its requests remain valid after it is disposed.</summary>
public sealed class CompiledModel : IDisposable
{
    private readonly CompiledModelHandle _handle;

    internal CompiledModel(CompiledModelHandle handle)
    {
        _handle = handle;
        LiveObjects.CompiledModelCount.Up();
        Inputs = PortList.Read(handle, OpenVino.ov_compiled_model_inputs_size, OpenVino.ov_compiled_model_input_by_index);
        Outputs = PortList.Read(handle, OpenVino.ov_compiled_model_outputs_size, OpenVino.ov_compiled_model_output_by_index);
    }

    /// <summary>Inputs in order.</summary>
    public IReadOnlyList<PortInfo> Inputs { get; }

    /// <summary>Outputs in order.</summary>
    public IReadOnlyList<PortInfo> Outputs { get; }

    /// <summary>Index of the input that has this name among its names; -1 if none has.</summary>
    public int IndexOfInput(string name)
    {
        CString.Require(name);
        OvStatus status = OpenVino.ov_compiled_model_input_by_name(_handle, name, out ConstPortHandle port);
        using (port)
        {
            if (status != OvStatus.Ok)
                return -1;
            // The C API tells one name of a port, and always the same one.
            OpenVino.ov_port_get_any_name(port, out string? anyName).Check();
            return Inputs.FirstOrDefault(input => input.Name == anyName)?.Index ?? -1;
        }
    }

    /// <summary>A property as text, e.g. <c>EXECUTION_DEVICES</c>, <c>OPTIMAL_NUMBER_OF_INFER_REQUESTS</c>.</summary>
    /// <exception cref="OpenVinoException">The device does not support the key.</exception>
    public string GetProperty(string key)
    {
        CString.Require(key);
        OpenVino.ov_compiled_model_get_property(_handle, key, out string? value).Check();
        return value ?? "";
    }

    /// <summary>As <see cref="GetProperty"/>; false if the device does not support the key.</summary>
    public bool TryGetProperty(string key, [NotNullWhen(true)] out string? value)
    {
        CString.Require(key);
        OvStatus status = OpenVino.ov_compiled_model_get_property(_handle, key, out value);
        if (status == OvStatus.Ok)
            value ??= "";
        return status == OvStatus.Ok;
    }

    /// <summary>Creates a request with its own tensors and, for a stateful model, its own state.</summary>
    public InferRequest CreateInferRequest()
    {
        OpenVino.ov_compiled_model_create_infer_request(_handle, out InferRequestHandle request).Check();
        return new InferRequest(request);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
