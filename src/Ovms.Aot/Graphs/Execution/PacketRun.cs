using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Calculators.Vision;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Observability.Metrics;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>One unary call of a graph with a <see cref="PacketPlan"/>: one packet for each input, and the first of each output.</summary>
/// <param name="plan">The plan.</param>
/// <param name="calls">Opens the calls of models.</param>
/// <param name="message">The request, which lives as long as this.</param>
/// <param name="times">Takes the times of the nodes; null if nobody measures.</param>
internal sealed class PacketRun(PacketPlan plan, ModelCalls calls, InferMessage message, NodeTimes? times) : GraphCallRun, IGraphObserver
{
    private readonly Packet[] _outputs = new Packet[plan.Plan.Outputs.Length];

    /// <inheritdoc/>
    public bool Measures => times is not null;

    /// <inheritdoc/>
    public override async ValueTask<Outcome> ComputeAsync(CancellationToken cancellation)
    {
        using GraphInstance instance = plan.Plan.Rent();
        GraphStart start = new(this, cancellation)
        {
            Sides = EdgeSides.Of(plan.Graph, message),
            Caller = new GraphCaller(calls, message),
        };
        Outcome step = await instance.StartAsync(start).ConfigureAwait(false);
        Timestamp time = new(message.PacketTime!.Value);
        for (int i = 0; step.IsOk && i < plan.Graph.Inputs.Length; i++)
        {
            step = await instance.AddAsync(i, new Packet(ValueOf(plan.Graph.Inputs[i]), time)).ConfigureAwait(false);
        }

        // Order: the request's memory is in packets until all nodes are closed, whatever has happened.
        instance.CloseInputs();
        Outcome done = await instance.WaitDoneAsync().ConfigureAwait(false);
        return !done.IsOk ? done : !step.IsOk ? step : CheckOutputs();
    }

    /// <inheritdoc/>
    public ValueTask OnPacketAsync(int output, Packet packet)
    {
        if (_outputs[output].IsEmpty)
        {
            _outputs[output] = packet;
        }
        else
        {
            packet.Release();
        }

        return default;
    }

    /// <inheritdoc/>
    public void OnRun(string node, long since) => times?.Add(node, since);

    /// <inheritdoc/>
    public override bool TryDetach() => true;

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (Packet packet in _outputs)
        {
            packet.Release();
        }

        Array.Clear(_outputs);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, TensorValue Value)>? Response => (_outputs[0].Value as RequestPacket)?.Tensors;

    /// <inheritdoc/>
    protected override TensorValue ValueOf(int output) =>
        _outputs[output].Value is ImagePacket image ? image.ToTensor() : ((TensorPacket)_outputs[output].Value!).Value;

    private SharedValue ValueOf(GraphEdge edge)
    {
        if (edge.Kind == EdgeKind.Request)
        {
            return RequestPacket.Of(message);
        }

        InputTensor input = message.Inputs.Find(input => input.Name == edge.Name.Name)!;
        return edge.Kind == EdgeKind.Image ? ImagePacket.Of(input) : EdgeTensors.ToPacket(edge.Kind, input, owner: null);
    }

    private Outcome CheckOutputs()
    {
        for (int i = 0; i < _outputs.Length; i++)
        {
            string name = plan.Plan.Outputs[i].Name;
            if (_outputs[i].IsEmpty)
            {
                return Outcome.Fail(
                    StatusCode.GraphOutputMissing, $"the output {name} got no packet; nothing in the graph made one of this request");
            }

            bool isResponse = plan.Graph.Outputs[i].Kind == EdgeKind.Response;
            if (isResponse ? _outputs[i].Value is not RequestPacket : _outputs[i].Value is not (TensorPacket or ImagePacket))
            {
                return Outcome.Fail(
                    StatusCode.GraphOutputMissing,
                    $"the output {name} is {Shown.Bounded(_outputs[i].Value)}; "
                        + (isResponse ? "a RESPONSE stream carries a whole request" : "only tensors and images leave a graph"));
            }
        }

        return Outcome.Ok;
    }
}
