namespace Ovms.Graphs.Scheduling;

/// <summary>The life of a node in a running graph.</summary>
internal enum NodePhase
{
    /// <summary>Open has not succeeded.</summary>
    Unopened,

    /// <summary>It takes part.</summary>
    Open,

    /// <summary>Close runs.</summary>
    Closing,

    /// <summary>It has ended.</summary>
    Closed,
}
