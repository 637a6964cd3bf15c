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
/// Bounds the calls that are open over all connections, those served by the framework among them: each holds some kilobytes from its headers
/// on, whether a message comes or not.
/// </summary>
/// <param name="limits">The bounds.</param>
/// <param name="times">How long a message may let wait for it.</param>
/// <param name="draining">The server takes nothing new: who waits at that moment waits no longer.</param>
/// <param name="stopping">The ports close: nothing is waited for.</param>
/// <param name="log">Told once a minute of what is refused.</param>
internal sealed class OpenStreams(StreamLimits limits, ArrivalTimes times, CancellationToken draining, CancellationToken stopping, ILogger log)
{
    private readonly WaitingStreams _waiting = new(limits, times, draining, stopping);
    private readonly OncePerMinute _tell = new();
    private int _open;
    private long _refused;

    /// <summary>Calls that are open and whose message has begun to come.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Calls of whose message nothing has come.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Calls that were refused, or ended before their message came, for one of the bounds.</summary>
    public long Refused => Interlocked.Read(ref _refused) + _waiting.Ended;

    /// <summary>Counts the calls that pass on to the framework.</summary>
    public void Use(IApplicationBuilder app) => app.Use(next => call => RunAsync(call, next));

    /// <summary>A call begins. <see cref="Leave"/> is due whatever comes of it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="connection">What it came over; null where nobody counts connections.</param>
    /// <returns>Ok, or why it is refused.</returns>
    public Outcome Enter(HttpContext call, out OpenConnection? connection)
    {
        connection = call.Features.Get<OpenConnection>();
        int open = Interlocked.Increment(ref _open);
        if (connection?.TryBegin(HealthPaths.IsGrpc(call.Request.Path.Value)) == false)
        {
            connection.RequestClose();
            return Outcome.Fail(StatusCode.TooManyConnections, "This one was let in for requests about health alone; try again later or raise max_connections");
        }

        return limits.Most == 0 || open <= limits.Most ? Outcome.Ok : Refuse(connection);
    }

    /// <summary>The call ended.</summary>
    public void Leave(OpenConnection? connection)
    {
        connection?.End();
        Interlocked.Decrement(ref _open);
    }

    /// <summary>Whether a message has begun to come, or the call ended without one. The first look at a call's body.</summary>
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

    /// <summary>Waits until a message begins to come.</summary>
    /// <param name="call">The call.</param>
    /// <param name="connection">What it came over.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>Ok, or why the wait is over.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome> BeginAsync(HttpContext call, OpenConnection? connection, CancellationToken cancellation)
    {
        PipeReader body = call.Request.BodyReader;

        // Who waits is counted among those who wait, so that they keep nobody out who has a message.
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

    /// <summary>Waits for the first bytes of a call that the framework reads.</summary>
    /// <param name="reading">The read.</param>
    /// <param name="body">What is read.</param>
    /// <param name="connection">What the call came over.</param>
    /// <exception cref="RpcException">The wait was ended.</exception>
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
        Outcome refused = Outcome.Fail(StatusCode.TooManyStreams, $"As many calls are open as there may be: {limits.Most} (max_streams); try again later");
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
