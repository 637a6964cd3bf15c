using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// PreviousLoopbackCalculator: at each time of MAIN the packet that LOOP had at the time of MAIN before. If LOOP had none, the time is only
/// settled.
/// </summary>
/// <param name="main">The input MAIN.</param>
/// <param name="loop">The input LOOP, a back edge.</param>
internal sealed class PreviousLoopback(int main, int loop) : ICalculator
{
    private readonly Queue<(Timestamp Time, Timestamp Before)> _mains = new();
    private readonly Queue<Packet> _loops = new();
    private Timestamp _before = Timestamp.Unset;

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        int main = finder.Input("MAIN");
        int loop = finder.Input("LOOP");
        finder.HandsOn(loop, finder.Output("PREV_LOOP"));
        return finder.Bind(() => new PreviousLoopback(main, loop), offset: null, InputPolicy.Immediate, processesBounds: true);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        if (context.HasInput(main))
        {
            Timestamp time = context.Input(main).Time;
            _mains.Enqueue((time, _before));
            _before = time;
        }

        if (context.HasInput(loop))
        {
            _loops.Enqueue(context.Input(loop).Share());
        }

        while (_mains.TryPeek(out (Timestamp Time, Timestamp Before) next) && TryAnswer(context, next.Time, next.Before))
        {
            _mains.Dequeue();
        }

        if (_mains.Count == 0)
        {
            context.SetBound(0, context.InputBound(main));
        }

        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        while (_loops.TryDequeue(out Packet packet))
        {
            packet.Release();
        }

        return new(Outcome.Ok);
    }

    private bool TryAnswer(CalculatorContext context, Timestamp time, Timestamp before)
    {
        while (_loops.TryPeek(out Packet old) && old.Time < before)
        {
            _loops.Dequeue().Release();
        }

        if (before != Timestamp.Unset && _loops.TryPeek(out Packet packet) && packet.Time == before)
        {
            context.Emit(0, _loops.Dequeue().At(time));
            return true;
        }

        bool settled = before == Timestamp.Unset || _loops.Count > 0 || context.InputBound(loop) > before;
        if (settled)
        {
            context.SetBound(0, time.NextAllowed);
        }

        return settled;
    }
}
