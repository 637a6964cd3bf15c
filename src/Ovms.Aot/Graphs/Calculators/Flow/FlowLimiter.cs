using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// FlowLimiterCalculator: lets the packets of a time of the first input pass only if fewer than a number of earlier times are underway,
/// that
/// is, not yet seen at FINISHED. Other times wait or are dropped; the packets of further inputs share the fate of their time.
/// </summary>
internal sealed class FlowLimiter : ICalculator
{
    private readonly FlowLimiterOptions _options;
    private readonly int[] _inputs;
    private readonly int[] _outputs;
    private readonly int _finished;
    private readonly int _allow;
    private readonly Queue<Packet>[] _waiting;
    private readonly Queue<Timestamp> _underway = new();
    private readonly Queue<(Timestamp Time, bool Passes)> _decided = new();
    private readonly bool _hasSide;
    private int _maxInFlight;

    private FlowLimiter(FlowLimiterOptions options, int[] inputs, int[] outputs, int finished, int allow, bool hasSide)
    {
        _options = options;
        _inputs = inputs;
        _outputs = outputs;
        _finished = finished;
        _allow = allow;
        _hasSide = hasSide;
        _maxInFlight = options.MaxInFlight;
        _waiting = [.. inputs.Select(static _ => new Queue<Packet>())];
    }

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        FlowLimiterOptions given = options as FlowLimiterOptions ?? new FlowLimiterOptions();
        int[] inputs = finder.Inputs();
        int[] outputs = finder.Outputs();
        int finished = finder.Input("FINISHED");
        int allow = finder.OptionalOutput("ALLOW", PacketKind.Bool);
        bool hasSide = finder.OptionalInputSide("MAX_IN_FLIGHT", PacketKind.Int32) >= 0;
        finder.Require(
            inputs.Length > 0 && inputs.Length == outputs.Length,
            $"it needs as many output_streams as input_streams without a tag, 1 and up; it has {outputs.Length} and {inputs.Length}");
        finder.Require(
            given is { MaxInFlight: > 0, MaxInQueue: >= 0, InFlightTimeout: >= 0 },
            $"max_in_flight is {given.MaxInFlight}, max_in_queue {given.MaxInQueue}, in_flight_timeout {given.InFlightTimeout}; "
            + "expected: 1 and up, 0 and up, 0 and up");
        for (int i = 0; i < Math.Min(inputs.Length, outputs.Length); i++)
        {
            finder.HandsOn(inputs[i], outputs[i]);
        }

        return finder.Bind(
            () => new FlowLimiter(given, inputs, outputs, finished, allow, hasSide),
            offset: null,
            InputPolicy.Immediate,
            processesBounds: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> OpenAsync(CalculatorContext context)
    {
        if (_hasSide && context.Side(0) is not int and var side)
        {
            return new(Outcome.Fail(StatusCode.GraphStartError, $"MAX_IN_FLIGHT is {Shown.Bounded(side)}; expected: an int of 1 and up"));
        }

        _maxInFlight = _hasSide ? (int)context.Side(0)! : _maxInFlight;
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.HasInput(_finished))
        {
            EndUntil(context.Input(_finished).Time);
        }

        for (int i = 0; i < _inputs.Length; i++)
        {
            if (context.HasInput(_inputs[i]))
            {
                _waiting[i].Enqueue(context.Input(_inputs[i]).Share());
            }
        }

        Decide(context);
        for (int i = 1; i < _inputs.Length; i++)
        {
            FollowDecisions(context, i);
        }

        ForgetDecisions(context);
        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        foreach (Queue<Packet> waiting in _waiting)
        {
            while (waiting.TryDequeue(out Packet packet))
            {
                packet.Release();
            }
        }

        return new(Outcome.Ok);
    }

    private void EndUntil(Timestamp time)
    {
        while (_underway.TryPeek(out Timestamp oldest) && oldest <= time)
        {
            _underway.Dequeue();
        }
    }

    private void Decide(CalculatorContext context)
    {
        Queue<Packet> first = _waiting[0];
        while (first.TryPeek(out Packet packet))
        {
            if (_options.InFlightTimeout > 0)
            {
                EndUntil(packet.Time.Moved(-_options.InFlightTimeout));
            }

            bool passes = _underway.Count < _maxInFlight;
            if (!passes && first.Count <= _options.MaxInQueue)
            {
                break;
            }

            first.Dequeue();
            Note(context, packet.Time, passes);
            if (passes)
            {
                _underway.Enqueue(packet.Time);
                context.Emit(_outputs[0], packet);
            }
            else
            {
                packet.Release();
            }
        }

        context.SetBound(_outputs[0], first.TryPeek(out Packet next) ? next.Time : context.InputBound(_inputs[0]));
    }

    private void Note(CalculatorContext context, Timestamp time, bool passes)
    {
        if (_inputs.Length > 1)
        {
            _decided.Enqueue((time, passes));
        }

        if (_allow >= 0)
        {
            context.Emit(_allow, new Packet(passes, time));
        }
    }

    // A packet of a further input passes if its time passed; one of a time that the first input never had is dropped.
    private void FollowDecisions(CalculatorContext context, int input)
    {
        Queue<Packet> waiting = _waiting[input];
        Timestamp undecided = UndecidedFrom(context);
        while (waiting.TryPeek(out Packet packet) && packet.Time < undecided)
        {
            waiting.Dequeue();
            if (_decided.Contains((packet.Time, true)))
            {
                context.Emit(_outputs[input], packet);
            }
            else
            {
                packet.Release();
            }
        }

        Timestamp bound = waiting.TryPeek(out Packet next) ? next.Time : context.InputBound(_inputs[input]);
        context.SetBound(_outputs[input], bound);
    }

    // Decisions that no packet of a further input can ask for any more.
    private void ForgetDecisions(CalculatorContext context)
    {
        Timestamp needed = UndecidedFrom(context);
        for (int i = 1; i < _inputs.Length; i++)
        {
            Timestamp next = _waiting[i].TryPeek(out Packet packet) ? packet.Time : context.InputBound(_inputs[i]);
            needed = Timestamp.Least(needed, next);
        }

        while (_decided.TryPeek(out (Timestamp Time, bool Passes) oldest) && oldest.Time < needed)
        {
            _decided.Dequeue();
        }
    }

    private Timestamp UndecidedFrom(CalculatorContext context) =>
        _waiting[0].TryPeek(out Packet packet) ? packet.Time : context.InputBound(_inputs[0]);
}
