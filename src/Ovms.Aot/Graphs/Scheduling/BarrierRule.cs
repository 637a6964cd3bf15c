using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>Runs when every input has a packet, whatever their times. Ends with the first input that brings nothing more.</summary>
internal sealed class BarrierRule : InputRule
{
    /// <inheritdoc/>
    public override Readiness Check(NodeState node, out InputPick pick)
    {
        Timestamp first = Timestamp.Done;
        bool all = true;
        foreach (InputQueue queue in node.Inputs)
        {
            first = Timestamp.Least(first, queue.HeadOrBound);
            all &= queue.Count > 0;
            if (queue.HeadOrBound == Timestamp.Done)
            {
                pick = new InputPick(Timestamp.Done);
                return Readiness.Ends;
            }
        }

        pick = new InputPick(first);
        return all ? Readiness.Runs : Readiness.Waits;
    }

    /// <inheritdoc/>
    public override void Take(NodeState node, InputPick pick, CalculatorContext context)
    {
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            context.SetInput(i, node.Inputs[i].Take());
        }
    }
}
