namespace Ovms.Graphs.Scheduling;

/// <summary>The server's own bounds of a running graph, whatever its definition says.</summary>
internal static class GraphLimits
{
    /// <summary>Bytes of waiting packets at which inputs and sources are held back: 1 GiB, as for one message.</summary>
    public const long QueuedBytes = 1L << 30;

    /// <summary>
    /// Packets that may wait at one input of a node when nothing can hold back what produces them; one more ends the run.
    /// </summary>
    public const int QueuedPackets = 1 << 16;

    /// <summary>Limit of a queue if the graph asks for queues without one.</summary>
    public const int DefaultQueueSize = 1000;

    /// <summary>Runs of one node at the same time, at most.</summary>
    public const int MaxInFlight = 1024;

    /// <summary>Steps that the thread of a caller does for the graph before a thread of the pool goes on.</summary>
    public const int StepsPerTurn = 1024;

    /// <summary>Idle instances that a plan keeps.</summary>
    public const int IdleInstances = 64;
}
