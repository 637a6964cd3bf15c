using System.IO.Pipelines;
using Ovms.Frontends.Connections;
using Ovms.Status;

namespace Ovms.Frontends.Grpc;

/// <summary>A call of whose message nothing has come.</summary>
internal sealed class WaitingStream
{
    private readonly PipeReader _body;

    /// <summary>Waits from now on.</summary>
    public WaitingStream(PipeReader body, OpenConnection? connection)
    {
        _body = body;
        Connection = connection;
        Node = new LinkedListNode<WaitingStream>(this);
    }

    /// <summary>What the call came over.</summary>
    public OpenConnection? Connection { get; }

    /// <summary>Its place among those that wait.</summary>
    public LinkedListNode<WaitingStream> Node { get; }

    /// <summary>Since when, in milliseconds of the system's clock.</summary>
    public long Since { get; } = Environment.TickCount64;

    /// <summary>Why it was ended.</summary>
    public Outcome Reason { get; private set; } = Outcome.Fail(StatusCode.Cancelled);

    /// <summary>Whether the wait was ended, and not by the message.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Ends the wait. Called under the lock of <see cref="WaitingStreams"/>, so that the body is still this call's.</summary>
    public void End(Outcome reason)
    {
        Reason = reason;
        IsEnded = true;
        try
        {
            _body.CancelPendingRead();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection broke: the wait is ending by itself.
        }
    }
}
