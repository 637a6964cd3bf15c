namespace Ovms.Graphs.Scheduling;

/// <summary>What an <see cref="InputRule"/> finds at a node's inputs.</summary>
internal enum Readiness
{
    /// <summary>The node must wait.</summary>
    Waits,

    /// <summary>The node can run.</summary>
    Runs,

    /// <summary>No input brings a packet any more.</summary>
    Ends,

    /// <summary>An input breaks the rule; the graph ends with an error.</summary>
    Fails,
}
