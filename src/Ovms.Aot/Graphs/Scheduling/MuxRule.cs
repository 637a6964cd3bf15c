using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// The last input holds an int, which selects the input that is read at the same time. The packets of others are dropped.
/// </summary>
/// <param name="data">The inputs that can be selected, in the order of tag and index.</param>
/// <param name="select">The input that selects: the last one in that order.</param>
internal sealed class MuxRule(int[] data, int select) : InputRule
{
    /// <inheritdoc/>
    public override Readiness Check(NodeState node, out InputPick pick)
    {
        InputQueue control = node.Inputs[select];
        pick = new InputPick(control.HeadOrBound);
        if (control.Count == 0)
        {
            return pick.Time == Timestamp.Done ? Readiness.Ends : Readiness.Waits;
        }

        foreach (int input in data)
        {
            node.Inputs[input].DropBefore(pick.Time);
        }

        if (Selected(node) is not int selected || selected < 0 || selected >= data.Length)
        {
            return Readiness.Fails;
        }

        InputQueue chosen = node.Inputs[data[selected]];
        return chosen.Count > 0 || chosen.Bound > pick.Time ? Readiness.Runs : Readiness.Waits;
    }

    /// <inheritdoc/>
    public override void Take(NodeState node, InputPick pick, CalculatorContext context)
    {
        int selected = data[Selected(node)!.Value];
        context.SetInput(select, node.Inputs[select].Take());
        InputQueue chosen = node.Inputs[selected];
        if (chosen.Count > 0 && chosen.Head.Time == pick.Time)
        {
            context.SetInput(selected, chosen.Take());
        }

        foreach (int input in data)
        {
            node.Inputs[input].DropBefore(new Timestamp(pick.Time.Value + 1));
        }
    }

    /// <inheritdoc/>
    public override string FaultOf(NodeState node) =>
        $"the last input selects one of the others by an int of 0 to {data.Length - 1}; it holds {node.Inputs[select].Head.Value}";

    /// <inheritdoc/>
    public override Timestamp NextTime(NodeState node) => node.Inputs[select].HeadOrBound;

    private int? Selected(NodeState node) => node.Inputs[select].Head.Value as int?;
}
