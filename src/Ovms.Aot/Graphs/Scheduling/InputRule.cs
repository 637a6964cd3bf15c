using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// Decides when a node runs and with which packets: an <see cref="InputPolicy"/> for the ports of one node. Without state of its own;
/// what it
/// must remember of a run is in <see cref="NodeState"/>. Called under the instance's lock.
/// </summary>
internal abstract class InputRule
{
    /// <summary>Groups of inputs, for which <see cref="NodeState.LastTimes"/> has a place.</summary>
    public virtual int Groups => 1;

    /// <summary>Whether <see cref="OnArrival"/> must be called.</summary>
    public virtual bool SeesArrivals => false;

    /// <summary>Looks at the queues; may drop packets that no run will read.</summary>
    public abstract Readiness Check(NodeState node, out InputPick pick);

    /// <summary>Moves the packets of a run that <see cref="Check"/> has just allowed into the context.</summary>
    public abstract void Take(NodeState node, InputPick pick, CalculatorContext context);

    /// <summary>A packet has come.</summary>
    public virtual void OnArrival(NodeState node)
    {
    }

    /// <summary>The text for <see cref="Readiness.Fails"/>.</summary>
    public virtual string FaultOf(NodeState node) => "";

    /// <summary>The earliest time that the next run may have: the first of the heads and bounds.</summary>
    public virtual Timestamp NextTime(NodeState node)
    {
        Timestamp next = Timestamp.Done;
        foreach (InputQueue queue in node.Inputs)
        {
            next = Timestamp.Least(next, queue.HeadOrBound);
        }

        return next;
    }
}
