using System.IO.Pipelines;
using Ovms.Frontends.Connections;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>A call without a byte of its message yet; pooled by <see cref="WaitingStreams"/>.</summary>
internal sealed class WaitingStream
{
    private PipeReader? _body;

    /// <summary>Created without a call: see <see cref="Of"/>.</summary>
    public WaitingStream() => Node = new LinkedListNode<WaitingStream>(this);

    /// <summary>The call's connection.</summary>
    public OpenConnection? Connection { get; private set; }

    /// <summary>Its node in the list of waiting calls.</summary>
    public LinkedListNode<WaitingStream> Node { get; }

    /// <summary>When the wait began, in milliseconds of Environment.TickCount64.</summary>
    public long Since { get; private set; }

    /// <summary>Why the server ended the wait.</summary>
    public Outcome Reason { get; private set; }

    /// <summary>Whether the server ended the wait.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Assigns it to a call, which waits from now on; null when the wait is over.</summary>
    public WaitingStream Of(PipeReader? body, OpenConnection? connection)
    {
        (_body, Connection, IsEnded, Reason, Since) = (body, connection, false, Outcome.Ok, Environment.TickCount64);
        return this;
    }

    /// <summary>
    /// Ends the wait. The lock of <see cref="WaitingStreams"/> must be held, so that the body still belongs to this call.
    /// </summary>
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
            // The connection broke: the wait ends anyway.
        }
    }
}
