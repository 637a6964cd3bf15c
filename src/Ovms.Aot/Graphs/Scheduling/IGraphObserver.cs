using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>Receives the packets at a graph's outputs.</summary>
internal interface IGraphObserver
{
    /// <summary>Whether <see cref="OnRun"/> is called.</summary>
    bool Measures => false;

    /// <summary>A node has read its inputs and computed. May be called for several nodes at the same time; must not block.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="since">When it began, as a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    void OnRun(string node, long since)
    {
    }

    /// <summary>
    /// Takes a packet and its reference. Calls for one output come in the order of time and do not overlap; those of different outputs may.
    /// While the task is not complete, packets of this output wait in its queue, and the graph's inputs are held back once that is full.
    /// A failure ends the graph.
    /// </summary>
    /// <param name="output">Position of the output in the plan.</param>
    /// <param name="packet">The packet.</param>
    ValueTask OnPacketAsync(int output, Packet packet);

    /// <summary>
    /// No packet of a time or an earlier one comes any more at an output. Called in the order of time, after <see cref="OnPacketAsync"/>
    /// for that time has completed, and only where the plan reports times.
    /// </summary>
    /// <param name="output">Position of the output in the plan.</param>
    /// <param name="time">The time.</param>
    ValueTask OnSettledAsync(int output, Timestamp time) => default;
}
