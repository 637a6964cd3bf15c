using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>A node of a plan. Streams and side packets are positions in the plan.</summary>
internal sealed class PlanNode
{
    /// <summary>The node's position: producers before consumers, except over back edges.</summary>
    public required int Index { get; init; }

    /// <summary>The definition.</summary>
    public required NodeDefinition Definition { get; init; }

    /// <summary>When the node runs.</summary>
    public required InputRule Rule { get; init; }

    /// <summary>The streams of its inputs.</summary>
    public required int[] Inputs { get; init; }

    /// <summary>The streams of its outputs.</summary>
    public required int[] Outputs { get; init; }

    /// <summary>The places of its input side packets.</summary>
    public required int[] InputSides { get; init; }

    /// <summary>The places of its output side packets.</summary>
    public required int[] OutputSides { get; init; }

    /// <summary>Runs at the same time, 1 and up.</summary>
    public required int MaxInFlight { get; init; }

    /// <summary>Position among what feeds the graph (<see cref="PlanStream.Roots"/>); −1 for a node that is no source.</summary>
    public required int Root { get; init; }

    /// <summary>Whether the node makes packets without having inputs.</summary>
    public bool IsSource => Root >= 0;

    /// <summary>What the calculator promises.</summary>
    public CalculatorContract Contract => Definition.Bound.Contract;

    /// <summary>A failure with the node's name before its cause.</summary>
    public Outcome Failure(Outcome cause) => Outcome.Fail(cause.Code, $"{Shown}: {cause.Detail ?? cause.Code.Message()}");

    /// <summary>The node as messages name it.</summary>
    public string Shown => $"node \"{Definition.Name}\" ({Definition.Calculator})";
}
