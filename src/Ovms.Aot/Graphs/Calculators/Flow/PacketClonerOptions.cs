using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>When packets are cloned. Source: the original's PacketClonerCalculatorOptions.</summary>
[GraphMessage("mediapipe.PacketClonerCalculatorOptions")]
internal sealed partial record PacketClonerOptions
{
    /// <summary>Whether a tick writes nothing before each input has had a packet.</summary>
    [GraphField(1)]
    public bool OutputOnlyWhenAllInputsReceived { get; init; }

    /// <summary>Another name of the same.</summary>
    [GraphField(2)]
    public bool OutputPacketsOnlyWhenAllInputsReceived { get; init; }
}
