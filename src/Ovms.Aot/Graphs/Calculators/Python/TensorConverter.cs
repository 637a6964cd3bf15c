using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Python;

/// <summary>
/// PyTensorOvTensorConverterCalculator: hands a tensor from a Python node to one that infers, or back. Both are the same tensors here: the
/// one way it checks that the tensor is one that models take, the other way it gives it its name in Python.
/// </summary>
/// <param name="name">The name in Python; null on the way out of it.</param>
internal sealed class TensorConverter(string? name) : ICalculator
{
    private const string PythonTag = "OVMS_PY_TENSOR";
    private const string OpenVinoTag = "OVTENSOR";

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        NodePorts ports = finder.Ports;
        string from = ports.Inputs.Length == 1 ? ports.Inputs[0].Tag : "";
        string to = ports.Outputs.Length == 1 ? ports.Outputs[0].Tag : "";
        bool isToPython = Is(from, OpenVinoTag) && Is(to, PythonTag);
        finder.Require(
            isToPython || (Is(from, PythonTag) && Is(to, OpenVinoTag)),
            $"it takes one input_stream and one output_stream, one of them with the tag {PythonTag} and the other with {OpenVinoTag}");
        string? name = null;
        bool isNamed = options is TensorConverterOptions given
            && (given.TagToOutputTensorNames.TryGetValue(to, out name) || given.TagToOutputTensorNames.TryGetValue(PythonTag, out name));
        finder.Require(
            !isToPython || isNamed,
            "it does not say the name of the tensor in Python; expected "
                + $"tag_to_output_tensor_names {{ key: \"{PythonTag}\" value: \"name\" }}");
        _ = finder.Inputs(from, PacketKind.Tensor);
        _ = finder.Outputs(to, PacketKind.Tensor);
        TensorConverter converter = new(isToPython ? name : null);
        return finder.Bind(() => converter);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.Input(0).Value is not TensorPacket packet)
        {
            return new(context.HasInput(0)
                ? Outcome.Fail(StatusCode.GraphExecutionError, $"its input is {Shown.Bounded(context.Input(0).Value)}; expected a tensor")
                : Outcome.Ok);
        }

        if (name is null && packet.Value.Info is { StatedDatatype: { } stated })
        {
            return new(Outcome.Fail(
                StatusCode.GraphExecutionError,
                $"Undefined precision in input python tensor: {Shown.Bounded(stated)}; expected a datatype like FP32, INT64 or BYTES, "
                    + "and bytes of that form"));
        }

        packet.Retain();
        TensorPacket converted = name is null
            ? new TensorPacket(packet.Value, packet)
            : new PythonPacket(packet.Value, packet, name, buffer: null);
        context.Emit(0, new Packet(converted, context.Time));
        return new(Outcome.Ok);
    }

    private static bool Is(string tag, string prefix) => tag.StartsWith(prefix, StringComparison.Ordinal);
}
