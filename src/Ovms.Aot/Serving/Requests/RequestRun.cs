using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Ovms.Native;

namespace Ovms.Serving.Requests;

/// <summary>
/// Owns one native infer request and runs one inference at a time. No thread waits for an inference: OpenVINO calls back before the result
/// is visible, so the callback only schedules the continuation, which asks OpenVINO for the status. If an inference takes less time than
/// this, the call's thread computes it synchronously (in place): see <see cref="InferencePace"/>.
/// </summary>
internal sealed class RequestRun : IValueTaskSource<EngineFault>, IDisposable
{
    private readonly bool _canBeCancelled;
    private GCHandle _self;
    private InferProgress _progress;

    // State of an inference that was handed over and not yet awaited to its end.
    private CancellationTokenRegistration _stop;
    private bool _wasSpoiled;

    // When the running inference began; 0 if none runs.
    private long _started;

    // Start of the inference that was reported as late.
    private long _reported;
    private ManualResetValueTaskSourceCore<bool> _completion = new() { RunContinuationsAsynchronously = true };

    /// <summary>Takes ownership of the request and sets its callback, once for its whole life.</summary>
    /// <param name="request">The request.</param>
    /// <param name="canBeCancelled">Whether an inference may be stopped. False for dynamic models, which would answer later calls
    /// wrongly.</param>
    public RequestRun(InferRequest request, bool canBeCancelled)
    {
        Request = request;
        _canBeCancelled = canBeCancelled;
        _self = GCHandle.Alloc(this);
        try
        {
            SetCallback(request);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The infer request.</summary>
    public InferRequest Request { get; private set; }

    /// <summary>Whether an inference runs whose caller has gone.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>How long the last inference took; 0 before the first one.</summary>
    public TimeSpan LastTook { get; private set; }

    /// <summary>Decides whether inferences run in place; null if all are handed over.</summary>
    public InferencePace? Pace { get; init; }

    /// <summary>Whether an inference has run longer than a limit. True once for each inference; asked by one thread.</summary>
    public bool IsLate(TimeSpan limit)
    {
        long since = Volatile.Read(ref _started);
        bool isLate = since != 0 && since != _reported && Stopwatch.GetElapsedTime(since) >= limit;
        _reported = isLate ? since : _reported;
        return isLate;
    }

    /// <summary>Runs the request.</summary>
    /// <param name="cancellation">
    /// Stops the inference if it can be stopped; the task still ends only when OpenVINO no longer uses the tensors. Ignored in place,
    /// where the inference ends sooner than it could be stopped.
    /// </param>
    /// <returns>Why there is no result; none after success.</returns>
    public ValueTask<EngineFault> InferAsync(CancellationToken cancellation) =>
        Pace is { IsInPlace: true } pace ? new ValueTask<EngineFault>(InferInPlace(pace)) : HandOverAsync(cancellation);

    /// <summary>As <see cref="InferAsync"/>, but never in place.</summary>
    public ValueTask<EngineFault> HandOverAsync(CancellationToken cancellation)
    {
        _started = Stopwatch.GetTimestamp();
        _completion.Reset();
        OvStatus status = Request.TryStart();
        Debug.Assert(status != OvStatus.RequestBusy, "A slot is owned by one call.");
        if (status != OvStatus.Ok)
        {
            EngineFault fault = EngineFault.Of(status);
            Volatile.Write(ref _started, 0);
            return new ValueTask<EngineFault>(fault);
        }

        _wasSpoiled = Begin();
        _stop = cancellation.UnsafeRegister(static state => ((RequestRun)state!).Abandon(), this);
        return new ValueTask<EngineFault>(this, _completion.Version);
    }

    /// <summary>
    /// Returns the progress since the last call of this method, and resets it. Called once at the end of each call of a stateful model.
    /// </summary>
    public InferProgress TakeProgress()
    {
        InferProgress progress = _progress;
        _progress = InferProgress.None;
        return progress;
    }

    /// <summary>Disposes the request and continues with another one, which is owned from here on.</summary>
    public void Replace(InferRequest next)
    {
        SetCallback(next);
        InferRequest old = Request;

        // Order: the device may break the call that frees the old one.
        Request = next;
        old.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Request.Dispose();
        _self.Free();
    }

    private unsafe void SetCallback(InferRequest request) => request.SetCallback(&OnCompleted, (void*)GCHandle.ToIntPtr(_self));

    private EngineFault InferInPlace(InferencePace pace)
    {
        _started = Stopwatch.GetTimestamp();
        bool isSpoiled = Begin();
        EngineFault fault = EngineFault.Of(Request.TryInfer());
        End(fault, isSpoiled);
        pace.ComputedInPlace(Took());
        return fault;
    }

    private void Abandon()
    {
        IsAbandoned = true;
        if (_canBeCancelled)
        {
            Request.Cancel();
        }
    }

    // After a failed inference the state stays unknown, whatever the same call computes afterwards.
    private bool Begin()
    {
        bool isSpoiled = _progress == InferProgress.Begun;
        _progress = InferProgress.Begun;
        return isSpoiled;
    }

    private TimeSpan Took()
    {
        LastTook = Stopwatch.GetElapsedTime(_started);
        Volatile.Write(ref _started, 0);
        return LastTook;
    }

    private void End(EngineFault fault, bool isSpoiled) =>
        _progress = fault.IsNone && !isSpoiled ? InferProgress.Done : InferProgress.Begun;

    // The callback has no status, and the result is not yet visible while it runs: waiting here would deadlock. This wait runs on the
    // thread pool after the callback and returns at once or within the microseconds that the engine needs to finish.
    EngineFault IValueTaskSource<EngineFault>.GetResult(short token)
    {
        _completion.GetResult(token);
        EngineFault fault = EngineFault.Of(Request.TryWait());

        // Waits for a running cancellation callback, so that it cannot cancel the next call's inference.
        _stop.Dispose();
        _stop = default;
        IsAbandoned = false;
        End(fault, _wasSpoiled);
        TimeSpan took = Took();
        Pace?.HandedOver(took);
        return fault;
    }

    ValueTaskSourceStatus IValueTaskSource<EngineFault>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<EngineFault>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void OnCompleted(void* argument)
    {
        // An exception that crosses into native code would end the process. SetResult only queues to the thread pool.
        RequestRun run = (RequestRun)GCHandle.FromIntPtr((nint)argument).Target!;
        run._completion.SetResult(true);
    }
}
