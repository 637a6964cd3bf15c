using Ovms.Graphs.Packets;
using Ovms.Status;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// One running graph: of one unary call, or of one stream. Nodes run on the threads that add packets, and on those that complete the work
/// of nodes; no thread is parked. Safe for use by several threads.
/// </summary>
internal sealed class GraphInstance : IDisposable
{
    /// <summary>Opens the nodes. Returns when all are open or one failed, which ends the run.</summary>
    public ValueTask<Outcome> StartAsync(GraphStart start) => throw new NotSupportedException();

    /// <summary>
    /// Adds a packet and takes its reference, also on failure. Waits while the queues behind the input are full. A time that is not allowed in
    /// a stream or not later than the last one ends the run. Calls for one input must not overlap.
    /// </summary>
    /// <returns>The failure with which the run has ended, if it has.</returns>
    public ValueTask<Outcome> AddAsync(int input, Packet packet) => throw new NotSupportedException();

    /// <summary>Says that no packet earlier than the bound comes at an input.</summary>
    public void SetBound(int input, Timestamp bound) => throw new NotSupportedException();

    /// <summary>Says that no packet comes any more at an input.</summary>
    public void CloseInput(int input) => throw new NotSupportedException();

    /// <summary>Says that no packet comes any more. When all has been processed, nodes are closed and the run ends.</summary>
    public void CloseInputs() => throw new NotSupportedException();

    /// <summary>Waits until nothing can run without further packets and all outputs are handed over; at once after the end.</summary>
    public ValueTask WaitIdleAsync() => throw new NotSupportedException();

    /// <summary>Waits until all nodes are closed. Needs <see cref="CloseInputs"/>, a failure or a cancellation. One waiter at a time.</summary>
    /// <returns>The first failure: it names node, calculator and cause.</returns>
    public ValueTask<Outcome> WaitDoneAsync() => throw new NotSupportedException();

    /// <summary>Ends the run: no more Process, nodes are closed. The first failure of a run stays its result.</summary>
    /// <param name="reason">The result of the run.</param>
    public void Cancel(Outcome reason) => throw new NotSupportedException();

    /// <summary>Ends the run if it has not ended. The memory is used again once all nodes are closed.</summary>
    public void Dispose() => throw new NotSupportedException();
}
