using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>When a gate is open. Source: the original's GateCalculatorOptions.</summary>
[GraphMessage("mediapipe.GateCalculatorOptions")]
internal sealed partial record GateOptions
{
    /// <summary>Whether the gate is open at times without a packet at ALLOW or DISALLOW.</summary>
    [GraphField(1)]
    public bool EmptyPacketsAsAllow { get; init; }

    /// <summary>Whether a gate without ALLOW and DISALLOW is open.</summary>
    [GraphField(2)]
    public bool Allow { get; init; }

    /// <summary>The state before the first time, for STATE_CHANGE.</summary>
    [GraphField(3)]
    public GateState InitialGateState { get; init; } = GateState.GateUninitialized;
}
