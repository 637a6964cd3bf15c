using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// Inputs in groups. Within a group each time is run once it is settled on all inputs; groups do not wait for each other. One group of all
/// inputs is the default policy, one for each input the immediate one.
/// </summary>
/// <param name="groups">The positions of the inputs of each group.</param>
/// <param name="processesBounds">Whether times without a packet are run too, once they are settled.</param>
internal class GroupRule(int[][] groups, bool processesBounds) : InputRule
{
    /// <inheritdoc/>
    public override int Groups => groups.Length;

    /// <inheritdoc/>
    public override Readiness Check(NodeState node, out InputPick pick)
    {
        Timestamp runs = Timestamp.Done;
        Timestamp waits = Timestamp.Done;
        int group = -1;
        int ended = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            switch (CheckGroup(node, i, out Timestamp time))
            {
                case Readiness.Runs when group < 0 || time < runs:
                    runs = time;
                    group = i;
                    break;
                case Readiness.Waits:
                    waits = Timestamp.Least(waits, time);
                    break;
                case Readiness.Ends:
                    ended++;
                    break;
            }
        }

        if (ended == groups.Length)
        {
            pick = new InputPick(Timestamp.Done);
            return Readiness.Ends;
        }

        if (group < 0 && processesBounds && ended > 0 && NewlyEnded(node) is int last and >= 0)
        {
            // A calculator that processes bounds must learn that one of its inputs brings nothing more.
            pick = new InputPick(Timestamp.Max, last);
            return Readiness.Runs;
        }

        pick = new InputPick(group < 0 ? waits : runs, group);
        return group < 0 ? Readiness.Waits : Readiness.Runs;
    }

    /// <inheritdoc/>
    public override void Take(NodeState node, InputPick pick, CalculatorContext context)
    {
        bool hasEnded = true;
        foreach (int input in groups[pick.Group])
        {
            InputQueue queue = node.Inputs[input];
            hasEnded &= queue.HeadOrBound == Timestamp.Done;
            if (queue.Count > 0 && queue.Head.Time == pick.Time)
            {
                context.SetInput(input, queue.Take());
            }
        }

        node.LastTimes[pick.Group] = hasEnded ? Timestamp.Done : pick.Time;
    }

    // A group can run at the time of its first packet if no other input of the group can still bring one of that time or earlier.
    private Readiness CheckGroup(NodeState node, int group, out Timestamp time)
    {
        Timestamp packet = Timestamp.Done;
        Timestamp bound = Timestamp.Done;
        foreach (int input in groups[group])
        {
            InputQueue queue = node.Inputs[input];
            if (queue.Count > 0)
            {
                packet = Timestamp.Least(packet, queue.Head.Time);
            }
            else
            {
                bound = Timestamp.Least(bound, queue.Bound);
            }
        }

        time = Timestamp.Least(packet, bound);
        if (time >= Timestamp.OneOverPostStream)
        {
            return time == Timestamp.Done ? Readiness.Ends : Readiness.Waits;
        }

        if (bound > packet)
        {
            return Readiness.Runs;
        }

        if (processesBounds && bound.PreviousAllowed is var settled && settled >= Timestamp.PreStream && settled > node.LastTimes[group])
        {
            time = settled;
            return Readiness.Runs;
        }

        return Readiness.Waits;
    }

    private int NewlyEnded(NodeState node)
    {
        for (int i = 0; i < groups.Length; i++)
        {
            if (node.LastTimes[i] != Timestamp.Done && CheckGroup(node, i, out _) == Readiness.Ends)
            {
                return i;
            }
        }

        return -1;
    }
}
