using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Frontends.Connections;
using Ovms.Observability;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Limits the calls that are open over all connections, framework calls included. Each call holds some kilobytes from its headers on,
/// whether or not a message arrives.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="times">How long a message may take to begin.</param>
/// <param name="draining">Cancelled when the server accepts nothing new; ends the calls that wait at that moment.</param>
/// <param name="stopping">Cancelled when the ports close; nothing may wait after that.</param>
/// <param name="log">Receives at most one line a minute about rejected calls.</param>
internal sealed class OpenStreams(
    StreamLimits limits, ArrivalTimes times, CancellationToken draining, CancellationToken stopping, ILogger log)
{
    private readonly WaitingStreams _waiting = new(limits, times, draining, stopping);
    private readonly OncePerMinute _tell = new();
    private int _open;
    private long _refused;

    /// <summary>Open calls whose message has begun to arrive.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Open calls without a byte of their message yet.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Calls that a limit rejected, or ended before their message arrived.</summary>
    public long Refused => Interlocked.Read(ref _refused) + _waiting.Ended;

    /// <summary>Counts the calls that the framework handles.</summary>
    public void Use(IApplicationBuilder app) => app.Use(next => call => RunAsync(call, next));

    /// <summary>Begins a call. Call <see cref="Leave"/> whatever the result.</summary>
    /// <param name="call">The call.</param>
    /// <param name="connection">The call's connection; null where connections are not counted.</param>
    /// <returns>Ok, or why the call is rejected.</returns>
    public Outcome Enter(HttpContext call, out OpenConnection? connection)
    {
        connection = call.Features.Get<OpenConnection>();
        int open = Interlocked.Increment(ref _open);
        if (connection?.TryBegin(HealthPaths.IsGrpc(call.Request.Path.Value)) == false)
        {
            connection.RequestClose();
            return Outcome.Fail(StatusCode.TooManyConnections, connection.HealthOnlyText);
        }

        return limits.Most == 0 || open <= limits.Most ? Outcome.Ok : Refuse(connection);
    }

    /// <summary>Ends a call.</summary>
    public void Leave(OpenConnection? connection)
    {
        connection?.End();
        Interlocked.Decrement(ref _open);
    }

    /// <summary>Whether the message has begun to arrive, or the call ended without one. This is the first read of a call's body.</summary>
    public static bool HasBegun(HttpContext call)
    {
        MessageBody.LiftLimit(call);
        PipeReader body = call.Request.BodyReader;
        if (!body.TryRead(out ReadResult read))
        {
            return false;
        }

        body.AdvanceTo(read.Buffer.Start);
        return !read.Buffer.IsEmpty || read.IsCompleted;
    }

    /// <summary>Waits until the message begins to arrive.</summary>
    /// <param name="call">The call.</param>
    /// <param name="connection">The call's connection.</param>
    /// <param name="cancellation">Cancelled at the caller's deadline or disconnect.</param>
    /// <returns>Ok, or why the wait ended.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome> BeginAsync(HttpContext call, OpenConnection? connection, CancellationToken cancellation)
    {
        PipeReader body = call.Request.BodyReader;

        // Waiting calls are counted separately, so that they do not keep out calls that have a message.
        Interlocked.Decrement(ref _open);
        WaitingStream stream = _waiting.Add(body, connection);
        try
        {
            while (true)
            {
                ReadResult read = await body.ReadAsync(cancellation).ConfigureAwait(false);
                body.AdvanceTo(read.Buffer.Start);
                if (!read.Buffer.IsEmpty || read.IsCompleted)
                {
                    if (Environment.TickCount64 - stream.Since >= LateBegin.Least)
                    {
                        call.Features.Set(new LateBegin(stream.Since));
                    }

                    return limits.Most == 0 || Volatile.Read(ref _open) < limits.Most ? Outcome.Ok : Refuse(connection);
                }

                if (stream.IsEnded)
                {
                    return stream.Reason;
                }
            }
        }
        finally
        {
            _waiting.Remove(stream);
            Interlocked.Increment(ref _open);
        }
    }

    /// <summary>Waits for the first bytes of a framework call.</summary>
    /// <param name="reading">The pending read.</param>
    /// <param name="body">The body that it reads.</param>
    /// <param name="connection">The call's connection.</param>
    /// <exception cref="RpcException">The server ended the wait.</exception>
    public async ValueTask<ReadResult> AwaitAsync(ValueTask<ReadResult> reading, PipeReader body, OpenConnection? connection)
    {
        Interlocked.Decrement(ref _open);
        WaitingStream stream = _waiting.Add(body, connection);
        try
        {
            ReadResult read = await reading.ConfigureAwait(false);
            if (read.IsCanceled && stream.IsEnded)
            {
                body.AdvanceTo(read.Buffer.End);
                throw GrpcEdge.ToException(stream.Reason);
            }

            return read;
        }
        finally
        {
            _waiting.Remove(stream);
            Interlocked.Increment(ref _open);
        }
    }

    private Outcome Refuse(OpenConnection? connection)
    {
        Interlocked.Increment(ref _refused);
        connection?.Saw(streams: 0, resets: 1);
        Outcome refused = Outcome.Fail(
            StatusCode.TooManyStreams, $"As many calls are open as there may be: {limits.Most} (max_streams); try again later");
        if (_tell.IsDue())
        {
            Log.Warning(log, $"A call was refused. {refused.Text}");
        }

        return refused;
    }

    private async Task RunAsync(HttpContext call, RequestDelegate next)
    {
        Outcome entered = Enter(call, out OpenConnection? connection);
        try
        {
            if (entered.IsOk)
            {
                call.Features.Set<IRequestBodyPipeFeature>(new AwaitedBody(call.Request.BodyReader, this, connection));
                await next(call).ConfigureAwait(false);
            }
            else
            {
                GrpcEdge.Answer(call, GrpcEdge.ToStatus(entered));
            }
        }
        finally
        {
            Leave(connection);
        }
    }
}
