using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// One call of a calculator: its inputs, and the place for its outputs. Valid until the task of the call is complete; not thread-safe.
/// Ports are named by their position in <see cref="NodePorts"/>.
/// </summary>
internal sealed class CalculatorContext
{
    /// <summary>The node's name in the graph.</summary>
    public string NodeName => throw new NotSupportedException();

    /// <summary>The time of this run: Unstarted in Open, Done in Close.</summary>
    public Timestamp Time => throw new NotSupportedException();

    /// <summary>In Close: whether the graph ends with an error or was cancelled. Packets written then are dropped.</summary>
    public bool HasFailed => throw new NotSupportedException();

    /// <summary>Ends when the graph's caller leaves, its deadline passes, or another node fails.</summary>
    public CancellationToken Cancellation => throw new NotSupportedException();

    /// <summary>The caller's object of this run, given at the start: what calculators of the server need of the call; null if none was given.</summary>
    public object? Caller => throw new NotSupportedException();

    /// <summary>The packet at an input, borrowed for this call; empty if the stream has none at this time. To keep or write it, share it.</summary>
    public Packet Input(int input) => throw new NotSupportedException();

    /// <summary>The smallest time that a later packet at an input may have, seen from this run.</summary>
    public Timestamp InputBound(int input) => throw new NotSupportedException();

    /// <summary>Writes a packet. The graph takes its reference. Times at an output must increase, and not fall below its bound.</summary>
    public void Emit(int output, Packet packet) => throw new NotSupportedException();

    /// <summary>Promises that no packet earlier than the bound will be written. A bound below the present one has no effect.</summary>
    public void SetBound(int output, Timestamp bound) => throw new NotSupportedException();

    /// <summary>Promises that nothing more will be written to an output.</summary>
    public void CloseOutput(int output) => SetBound(output, Timestamp.Done);

    /// <summary>The value of an input side packet, borrowed for the whole run of the graph; null if it is optional and missing.</summary>
    public object? Side(int side) => throw new NotSupportedException();

    /// <summary>Sets an output side packet; in Open only, each once. The graph takes its reference.</summary>
    public void SetSide(int side, object value) => throw new NotSupportedException();

    /// <summary>Ends this node after the call: it is closed and gets no more inputs. This is how a node without inputs ends.</summary>
    public void Stop() => throw new NotSupportedException();
}
