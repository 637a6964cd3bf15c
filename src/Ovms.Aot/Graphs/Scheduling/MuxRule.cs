using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// The last input holds an int, which selects the input that is read at the same time. The packets of others are dropped.
/// </summary>
/// <param name="inputs">Number of inputs, 2 and up.</param>
internal sealed class MuxRule(int inputs) : InputRule
{
    /// <inheritdoc/>
    public override Readiness Check(NodeState node, out InputPick pick)
    {
        InputQueue control = node.Inputs[inputs - 1];
        pick = new InputPick(control.HeadOrBound);
        if (control.Count == 0)
        {
            return pick.Time == Timestamp.Done ? Readiness.Ends : Readiness.Waits;
        }

        for (int i = 0; i < inputs - 1; i++)
        {
            node.Inputs[i].DropBefore(pick.Time);
        }

        if (Selected(node) is not int selected || selected < 0 || selected >= inputs - 1)
        {
            return Readiness.Fails;
        }

        return node.Inputs[selected].Count > 0 || node.Inputs[selected].Bound > pick.Time ? Readiness.Runs : Readiness.Waits;
    }

    /// <inheritdoc/>
    public override void Take(NodeState node, InputPick pick, CalculatorContext context)
    {
        int selected = Selected(node)!.Value;
        context.SetInput(inputs - 1, node.Inputs[inputs - 1].Take());
        InputQueue data = node.Inputs[selected];
        if (data.Count > 0 && data.Head.Time == pick.Time)
        {
            context.SetInput(selected, data.Take());
        }

        foreach (InputQueue other in node.Inputs.AsSpan(0, inputs - 1))
        {
            other.DropBefore(new Timestamp(pick.Time.Value + 1));
        }
    }

    /// <inheritdoc/>
    public override string FaultOf(NodeState node) =>
        $"the last input selects one of the inputs 0 to {inputs - 2} by an int; it holds {node.Inputs[inputs - 1].Head.Value}";

    /// <inheritdoc/>
    public override Timestamp NextTime(NodeState node) => node.Inputs[inputs - 1].HeadOrBound;

    private int? Selected(NodeState node) => node.Inputs[inputs - 1].Head.Value as int?;
}
