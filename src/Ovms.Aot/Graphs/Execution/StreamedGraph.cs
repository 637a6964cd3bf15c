using Ovms.Graphs.Calculators.OpenVino;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>
/// One running graph for all requests of a stream. Each input of a request becomes a packet, and each packet at an output an answer at
/// once. Nothing waits here: a caller that does not read fills the graph's queues, which then hold back <see cref="AddAsync"/>.
/// </summary>
/// <param name="graph">The graph.</param>
/// <param name="plan">Its plan, which reports times.</param>
/// <param name="calls">Opens the calls of models.</param>
/// <param name="answers">Takes the answers.</param>
/// <param name="meter">Counts the requests and answers.</param>
/// <param name="clock">The source of packets' times.</param>
internal sealed class StreamedGraph(
    GraphDefinition graph, GraphPlan plan, ModelCalls calls, IStreamAnswers answers, StreamMeter meter, TimeProvider clock)
    : RequestStream, IGraphObserver
{
    private readonly RequestLog _log = new(graph.Outputs.Length);
    private readonly TaskCompletionSource<Outcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GraphInstance? _instance;
    private long? _lastTime;

    /// <inheritdoc/>
    public bool Measures => meter.Times is not null;

    /// <inheritdoc/>
    public override Task<Outcome> Ended => _ended.Task;

    /// <inheritdoc/>
    public override async ValueTask<Outcome> StartAsync(InferMessage first, CancellationToken cancellation)
    {
        Outcome sides = EdgeCheck.CheckSides(graph, first);
        if (!sides.IsOk)
        {
            meter.Reject();
            _ended.SetResult(sides);
            return sides;
        }

        _instance = plan.Rent();
        meter.Begin();
        GraphStart start = new(this, cancellation)
        {
            Sides = EdgeSides.Of(graph, first),
            Caller = new GraphCaller(calls, Message: null),
        };
        Outcome started = await _instance.StartAsync(start).ConfigureAwait(false);
        _ = EndAsync(_instance);
        return started;
    }

    /// <inheritdoc/>
    public override async ValueTask<Outcome> AddAsync(InferMessage message, IDisposable memory, bool wantsEnd)
    {
        StreamedRequest request = new(message, memory);
        try
        {
            Outcome<long> time = TimeOf(message);
            Outcome step = time.IsOk ? EdgeCheck.CheckStreamed(graph, message) : time.WithoutValue;
            if (!step.IsOk)
            {
                meter.Reject();
                return step;
            }

            meter.Accept();
            _lastTime = time.Value;
            Timestamp at = new(time.Value);
            _log.Add(new LoggedRequest(at, message.Id, message.Received, wantsEnd));
            Outcome added = Outcome.Ok;
            for (int i = 0; added.IsOk && i < message.Inputs.Count; i++)
            {
                InputTensor input = message.Inputs[i];
                int index = EdgeCheck.IndexOf(graph, input.Name);
                request.Retain();
                Packet packet = new(EdgeTensors.ToPacket(graph.Inputs[index].Kind, input, request), at);
                added = await _instance!.AddAsync(index, packet).ConfigureAwait(false);
            }

            return Outcome.Ok;
        }
        finally
        {
            request.Release();
        }
    }

    /// <inheritdoc/>
    public override void Close() => _instance?.CloseInputs();

    /// <inheritdoc/>
    public override void Dispose() => _instance?.Dispose();

    /// <inheritdoc/>
    public async ValueTask OnPacketAsync(int output, Packet packet)
    {
        try
        {
            string name = plan.Outputs[output].Name;
            if (packet.Value is not TensorPacket tensor)
            {
                throw new OvmsException(
                    Outcome.Fail(StatusCode.GraphOutputMissing, $"the output {name} is {packet.Value}; only tensors leave a graph"));
            }

            LoggedRequest? request = _log.Delivered(output, packet.Time, out bool isFinal);
            using OutputTensor answer = EdgeTensors.ToOutput(tensor.Value, name);
            await SendAsync(new StreamedAnswer(request?.Id, answer, packet.Time.Value, isFinal)).ConfigureAwait(false);
        }
        finally
        {
            packet.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask OnSettledAsync(int output, Timestamp time)
    {
        foreach (LoggedRequest request in _log.Settle(output, time) ?? [])
        {
            if (request.WantsEnd)
            {
                await SendAsync(new StreamedAnswer(request.Id, null, request.Time.Value, IsFinal: true)).ConfigureAwait(false);
            }

            answers.Completed(request.Received);
        }
    }

    /// <inheritdoc/>
    public void OnRun(string node, long since) => meter.Times?.Add(node, since);

    private async ValueTask SendAsync(StreamedAnswer answer)
    {
        Outcome sent = await answers.SendAsync(answer).ConfigureAwait(false);
        if (!sent.IsOk)
        {
            throw new OvmsException(sent);
        }

        if (answer.Output is not null)
        {
            meter.Respond();
        }
    }

    // Without a time of the caller's the present one, but later than the last: the times of a stream only rise.
    private Outcome<long> TimeOf(InferMessage message)
    {
        Outcome<long> time = PacketTime.Of(message, clock, out bool isGiven);
        return time.IsOk && !isGiven && _lastTime is { } last && time.Value <= last ? Math.Min(last, Timestamp.Max.Value - 1) + 1 : time;
    }

    private async Task EndAsync(GraphInstance instance)
    {
        Outcome outcome = Outcome.Fail(StatusCode.InternalError);
        try
        {
            outcome = await instance.WaitDoneAsync().ConfigureAwait(false);
        }
        finally
        {
            meter.End(outcome);
            _ended.TrySetResult(outcome);
        }
    }
}
