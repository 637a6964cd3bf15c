using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// Another form of a servable, compiled for many calls at a time. While it serves, calls whose shapes it accepts are computed by it; all
/// others, and calls that have an infer request already, stay with the first form. Owned by the <see cref="LoadedModel"/>.
/// </summary>
/// <remarks>One thread makes it, starts and stops it. Its model may free it meanwhile, and calls lease it from any thread.</remarks>
/// <param name="make">Compiles it. Blocks.</param>
/// <param name="bytes">Memory that it is likely to take, in bytes.</param>
internal sealed class ThroughputForm(Func<Outcome<Servable>> make, Func<long> bytes)
{
    /// <summary>Memory a byte of the model's files: weights as the device wants them, and buffers of the infer requests.</summary>
    public const int BytesPerFileByte = 2;

    // This object's hold of what is made, which is no call.
    private const int OwnHold = 1;

    private readonly Lock _gate = new();
    private Servable? _made;
    private volatile Servable? _serving;
    private Servable? _leaving;
    private long _changes;
    private long _bytes;
    private bool _isOver;

    /// <summary>Memory that it is likely to take, in bytes.</summary>
    public long Bytes => Made is null ? bytes() : Volatile.Read(ref _bytes);

    /// <summary>The servable that computes calls now; null while the first form computes all.</summary>
    public Servable? Serving => _serving;

    /// <summary>The compiled form; null if there is none.</summary>
    public Servable? Made => Volatile.Read(ref _made);

    /// <summary>Number of calls on it that a stop waits for.</summary>
    public int CallsLeft => Math.Max(0, (Made?.CallsLeft ?? 0) - OwnHold) + (Volatile.Read(ref _leaving)?.CallsLeft ?? 0);

    /// <summary>Calls that hold an infer request of it now.</summary>
    public int InUse => (Made?.InUse ?? 0) + (Volatile.Read(ref _leaving)?.InUse ?? 0);

    /// <summary>Calls that wait for one.</summary>
    public int Waiting => Made?.Waiting ?? 0;

    /// <summary>Number of inferences on it that have run longer than a limit and were not counted by an earlier call.</summary>
    public int CountLate(TimeSpan limit) => (Made?.CountLate(limit) ?? 0) + (Volatile.Read(ref _leaving)?.CountLate(limit) ?? 0);

    /// <summary>Leases it for a call; null if it does not serve.</summary>
    public ServableLease? TryLease() => _serving?.TryLease();

    /// <summary>Compiles it. Blocks until done. The first form goes on serving.</summary>
    public Outcome Make()
    {
        if (Volatile.Read(ref _leaving) is { Drained.IsCompleted: false })
        {
            return Outcome.Fail(StatusCode.ModelNotLoaded, "calls on its former form for throughput have not ended");
        }

        Volatile.Write(ref _bytes, bytes());
        Outcome<Servable> made = make();
        if (!made.IsOk)
        {
            return made.WithoutValue;
        }

        lock (_gate)
        {
            if (!_isOver)
            {
                Volatile.Write(ref _made, made.Value);
                return Outcome.Ok;
            }
        }

        // Its model was released meanwhile. Who asks whether it is being compiled must know of its freeing too.
        made.Value.Retire();
        made.Value.Drained.Wait();
        return Outcome.Fail(StatusCode.ModelNotLoaded, "the model is no longer served");
    }

    /// <summary>How often the form that computes new calls has changed.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>New calls are computed by it; nothing happens if it is not made.</summary>
    public void Serve() => Change(Made);

    /// <summary>New calls are computed by the first form.</summary>
    public void Rest() => Change(null);

    /// <summary>Frees it after its last call.</summary>
    public Task FreeAsync()
    {
        Rest();
        Servable? made;
        lock (_gate)
        {
            made = Made;
            Volatile.Write(ref _leaving, made ?? _leaving);
            Volatile.Write(ref _made, null);
        }

        made?.Retire();
        return Volatile.Read(ref _leaving)?.Drained ?? Task.CompletedTask;
    }

    /// <summary>Frees it, and one that is still being compiled later.</summary>
    /// <returns>Completes when the last call on it has ended and it is freed.</returns>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        return FreeAsync();
    }

    private void Change(Servable? serving)
    {
        if (_serving != serving)
        {
            _serving = serving;
            Interlocked.Increment(ref _changes);
        }
    }
}
