using System.IO.Pipelines;
using Ovms.Frontends.Connections;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>A call of whose message nothing has come; kept by <see cref="WaitingStreams"/> for later calls.</summary>
internal sealed class WaitingStream
{
    private PipeReader? _body;

    /// <summary>Of no call yet: see <see cref="Of"/>.</summary>
    public WaitingStream() => Node = new LinkedListNode<WaitingStream>(this);

    /// <summary>What the call came over.</summary>
    public OpenConnection? Connection { get; private set; }

    /// <summary>Its place among those that wait.</summary>
    public LinkedListNode<WaitingStream> Node { get; }

    /// <summary>Since when, in milliseconds of the system's clock.</summary>
    public long Since { get; private set; }

    /// <summary>Why it was ended.</summary>
    public Outcome Reason { get; private set; }

    /// <summary>Whether the wait was ended, and not by the message.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Becomes a call's, which waits from now on; null when it waits no longer.</summary>
    public WaitingStream Of(PipeReader? body, OpenConnection? connection)
    {
        (_body, Connection, IsEnded, Reason, Since) = (body, connection, false, Outcome.Ok, Environment.TickCount64);
        return this;
    }

    /// <summary>Ends the wait. Called under the lock of <see cref="WaitingStreams"/>, so that the body is still this call's.</summary>
    public void End(Outcome reason)
    {
        Reason = reason;
        IsEnded = true;
        try
        {
            _body!.CancelPendingRead();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke: the wait is ending by itself.
        }
    }
}
