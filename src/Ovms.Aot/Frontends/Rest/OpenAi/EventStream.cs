using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>
/// A response of server-sent events. What is written while the caller does not read is kept, up to a limit; beyond it, or if the caller
/// reads nothing for the time of --answer_stall_timeout_seconds, the call ends. A comment is sent while nothing else is.
/// </summary>
/// <param name="context">The call.</param>
/// <param name="overflow">Ends the call, because its caller does not read.</param>
/// <param name="clock">The source of time.</param>
internal sealed class EventStream(HttpContext context, Action overflow, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Bytes that may wait for a caller.</summary>
    public const int MostUnread = 1 << 20;

    // The time without an event after which a comment is sent.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_check = TimeSpan.FromSeconds(1);

    // Bytes that the system keeps for the connection, from the first stream on it; Linux doubles the number. By itself it keeps megabytes,
    // so that a caller who reads nothing would be noticed late or never.
    private const int SendBuffer = 64 << 10;

    private readonly NativeBuffer _pending = new(4096);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private bool _isSending;
    private bool _isEnding;
    private long _lastWrite;

    /// <summary>Held by whoever writes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether the headers are set, so that a failure can only be an event.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Whether the connection broke or the caller was cut off: nothing more is sent.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The buffer that events are written into, while <see cref="Gate"/> is held.</summary>
    public NativeBuffer Pending => _pending;

    /// <summary>Sets the headers. Called once, while <see cref="Gate"/> is held; <see cref="Send"/> sends them.</summary>
    public void Start()
    {
        IsStarted = true;
        HttpResponse response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        if (StaysOpen(context.Request))
        {
            response.Headers.Connection = "keep-alive";
        }

        // Otherwise nginx collects events before it passes them on.
        response.Headers["X-Accel-Buffering"] = "no";
        _lastWrite = clock.GetTimestamp();
        LimitSending();

        // Checked more often than that, so that the pause becomes no longer than a second more.
        _timer = clock.CreateTimer(static self => ((EventStream)self!).Comment(), this, s_pause, s_check);
    }

    private void LimitSending()
    {
        // The streams of HTTP/2 share their connection.
        if (!HttpProtocol.IsHttp11(context.Request.Protocol)
            || context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return;
        }

        try
        {
            socket.SendBufferSize = SendBuffer;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Writing will notice that too.
        }
    }

    /// <summary>Begins to send what is pending, unless sending is under way. Called while <see cref="Gate"/> is held.</summary>
    public void Send()
    {
        if (IsBroken || _pending.Length == 0)
        {
            return;
        }

        _lastWrite = clock.GetTimestamp();
        if (_isSending)
        {
            if (_pending.Length > MostUnread)
            {
                Break();
                overflow();
            }

            return;
        }

        ValueTask<Outcome> flush = BeginFlush();
        if (flush.IsCompletedSuccessfully)
        {
            IsBroken |= !flush.Result.IsOk;
            return;
        }

        _isSending = true;
        _ = SendRestAsync(flush);
    }

    /// <summary>Waits until everything is sent or cannot be sent. Nothing is written afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        bool isIdle;
        lock (Gate)
        {
            _isEnding = true;
            isIdle = !_isSending;
        }

        if (!isIdle)
        {
            await _idle.Task.ConfigureAwait(false);
        }

        _pending.Dispose();
    }

    /// <summary>Whether the connection stays open after a stream: HTTP/1.0 ends one by closing, and a caller may ask for it.</summary>
    internal static bool StaysOpen(HttpRequest request) => HttpProtocol.IsHttp11(request.Protocol)
        && !request.Headers.Connection.ToString().Contains("close", StringComparison.OrdinalIgnoreCase);

    private ValueTask<Outcome> BeginFlush()
    {
        context.Response.BodyWriter.Write(_pending.Bytes);
        _pending.Truncate(0);
        return AnswerPace.Of(context).FlushAsync(context);
    }

    private async Task SendRestAsync(ValueTask<Outcome> flush)
    {
        while (true)
        {
            bool isSent = false;
            try
            {
                isSent = (await flush.ConfigureAwait(false)).IsOk;
            }
            catch (Exception broken) when (broken is OperationCanceledException or IOException)
            {
                // The caller has disconnected.
            }

            lock (Gate)
            {
                if (!isSent)
                {
                    Break();
                    overflow();
                }

                if (IsBroken || _pending.Length == 0)
                {
                    _isSending = false;
                    if (_isEnding)
                    {
                        _idle.SetResult();
                    }

                    return;
                }

                flush = BeginFlush();
            }
        }
    }

    private void Break()
    {
        IsBroken = true;
        _pending.Truncate(0);
        context.Abort();
    }

    private void Comment()
    {
        lock (Gate)
        {
            if (!_isEnding && !_isSending && !IsBroken && clock.GetElapsedTime(_lastWrite) >= s_pause)
            {
                _pending.Write(": \n\n"u8);
                Send();
            }
        }
    }
}
