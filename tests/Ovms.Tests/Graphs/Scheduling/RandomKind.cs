namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>How the inputs of a random node are combined.</summary>
internal enum RandomKind
{
    /// <summary>By time.</summary>
    Default,

    /// <summary>By time; writes 0 or 1.</summary>
    Selector,

    /// <summary>By position.</summary>
    Barrier,

    /// <summary>The last input selects one of the two others.</summary>
    Mux,
}
