using System.Collections.Immutable;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>Which tensors of a model the ports of an inference node are.</summary>
/// <param name="Inputs">The tensors of each input stream, in the order of the node's ports.</param>
/// <param name="Outputs">The tensors of each output stream, in the order of the node's ports.</param>
/// <param name="Session">Position of the session among the input side packets.</param>
internal sealed record InferencePorts(ImmutableArray<InferencePort> Inputs, ImmutableArray<InferencePort> Outputs, int Session)
{
    /// <summary>The tag of the session.</summary>
    public const string SessionTag = "SESSION";

    /// <summary>Finds the tensors of each port.</summary>
    /// <param name="ports">The node's ports.</param>
    /// <param name="options">The node's options.</param>
    /// <returns>The ports; or the first rule of the original that they break.</returns>
    public static Outcome<InferencePorts> Of(NodePorts ports, InferenceOptions options)
    {
        int session = NodePorts.IndexOf(ports.InputSides, SessionTag);
        if (session < 0)
        {
            return Fail("it reads no session; expected input_side_packet: \"SESSION:name\", made by a session node");
        }

        Outcome<ImmutableArray<InferencePort>> inputs =
            Side("input", ports.Inputs, options.TagToInputTensorNames, options.InputOrderList);
        Outcome<ImmutableArray<InferencePort>> outputs =
            Side("output", ports.Outputs, options.TagToOutputTensorNames, options.OutputOrderList);
        return !inputs.IsOk ? inputs.WithoutValue
            : !outputs.IsOk ? outputs.WithoutValue
            : new InferencePorts(inputs.Value, outputs.Value, session);
    }

    private static Outcome<ImmutableArray<InferencePort>> Side(
        string side, PortName[] ports, IReadOnlyDictionary<string, string> names, ImmutableArray<string> list)
    {
        if (ports.Length == 0)
        {
            return Fail($"it has no {side}_stream; expected one for each tensor, as in {side}_stream: \"TAG:name\"");
        }

        if (Array.Exists(ports, static port => port.Tag.Length == 0))
        {
            return Fail($"an {side}_stream has no tag; expected one that {TagsOf(side)} gives a tensor, or that is the tensor's name");
        }

        bool hasVector = Array.Exists(ports, static port => TensorTag.IsVector(port.Tag));
        if (hasVector && list.IsEmpty)
        {
            return Fail($"an {side}_stream is a vector of tensors; list their names in {side}_order_list");
        }

        if (!hasVector && !list.IsEmpty)
        {
            return Fail(
                $"{side}_order_list is given, but no {side}_stream is a vector; expected a tag such as OVTENSORS, or {TagsOf(side)}");
        }

        if (!list.IsEmpty && names.Count > 0)
        {
            return Fail($"{side}_order_list and {TagsOf(side)} are given together; leave one of them out");
        }

        if (names.Keys.FirstOrDefault(key => !Array.Exists(ports, port => port.Tag == key)) is { } unused)
        {
            return Fail($"{TagsOf(side)} names the tag {Shown.Bounded(unused)}, which no {side}_stream has");
        }

        return ports
            .Select(port => TensorTag.IsVector(port.Tag)
                ? new InferencePort(port, IsVector: true, list)
                : new InferencePort(port, IsVector: false, [names.GetValueOrDefault(port.Tag, port.Tag)]))
            .ToImmutableArray();
    }

    private static string TagsOf(string side) => $"tag_to_{side}_tensor_names";

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphInitializationError, why);
}

/// <summary>The tensors of one port.</summary>
/// <param name="Port">The port.</param>
/// <param name="IsVector">Whether its packets are vectors.</param>
/// <param name="Tensors">The model's names of the tensors; one where it is no vector.</param>
internal sealed record InferencePort(PortName Port, bool IsVector, ImmutableArray<string> Tensors);
