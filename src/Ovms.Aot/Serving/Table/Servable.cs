using Ovms.Observability.Metrics;
using Ovms.Serving.Batches;
using Ovms.Serving.Health;
using Ovms.Serving.Requests;
using Ovms.Serving.Sequences;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Table;

/// <summary>
/// One loaded version that can infer. Calls hold it by a <see cref="ServableLease"/>. Once it is retired, the end of the last lease frees
/// it.
/// </summary>
internal sealed class Servable
{
    private readonly LoadedModel _model;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The leases plus one hold of the table.
    private int _holds = 1;

    // Those of the leases that no call has.
    private int _kept;

    internal Servable(ServableId id, LoadedModel model)
    {
        Id = id;
        _model = model;
        Sequences = model.Pool as SequenceTable;
        Language = model.Pool as ServableLanguage;
        Composition = model.Pool as ServableComposition;
        Accepted = model.Variants?.Accepted ?? model.Signature;
    }

    /// <summary>Name and version.</summary>
    public ServableId Id { get; }

    /// <summary>The inputs and outputs of its loaded form, as reported by its metadata.</summary>
    public Signature Signature => _model.Signature;

    /// <summary>What calls may send: <see cref="Signature"/>, with any size where shapes are left to calls.</summary>
    public Signature Accepted { get; }

    /// <summary>Variants for calls that <see cref="Signature"/> does not accept; null if shapes are not left to calls.</summary>
    public ServableVariants? Variants => _model.Variants;

    /// <summary>The form for many calls at a time; null if there can be none.</summary>
    public ThroughputForm? Throughput => _model.Throughput;

    /// <summary>The form that computes waiting calls together. While it serves, <see cref="Throughput"/> computes only what it does not
    /// accept. Null if there can be none.</summary>
    public ThroughputForm? BatchForm => _model.BatchForm;

    /// <summary>Computes waiting calls together, if this is such a form; else null.</summary>
    public CallBatches? Batches => _model.Batches;

    /// <summary>The infer requests.</summary>
    public ISlotSource Pool => _model.Pool;

    /// <summary>The sequences of a stateful model (the same object as <see cref="Pool"/>); null for other models.</summary>
    public SequenceTable? Sequences { get; }

    /// <summary>The language model (the same object as <see cref="Pool"/>); null for models that infer.</summary>
    public ServableLanguage? Language { get; }

    /// <summary>The composition (the same object as <see cref="Pool"/>); null for models.</summary>
    public ServableComposition? Composition { get; }

    // The form that computes new calls, if it is not this one.
    private Servable? Serving => BatchForm?.Serving ?? Throughput?.Serving;

    /// <summary>Number of calls that can compute at the same time in the form that serves, including variants.</summary>
    public int Requests => (Serving?.Pool ?? Pool).Size + (Variants?.Requests ?? 0);

    /// <summary>Calls that hold an infer request now.</summary>
    public int InUse => Pool.InUse + (Variants?.InUse ?? 0) + (Throughput?.InUse ?? 0) + (BatchForm?.InUse ?? 0);

    /// <summary>Calls waiting now.</summary>
    public int Waiting => Pool.Waiting + (Variants?.Waiting ?? 0) + (Throughput?.Waiting ?? 0) + (BatchForm?.Waiting ?? 0);

    /// <summary>The devices that it was asked to run on.</summary>
    public string Device => _model.Device;

    /// <summary>Whether its devices compute.</summary>
    public ServableHealth Health => _model.Health;

    /// <summary>
    /// Asks the devices other than the CPU that hold parts of it; null if all compute, else what the first says that does not.
    /// </summary>
    public Task<string?> AskDevicesAsync() => _model.Uses?.AskAsync() ?? Task.FromResult<string?>(null);

    /// <summary>Whether it is a variant, compiled for other shapes than its model.</summary>
    public bool IsVariant => _model.IsVariant;

    /// <summary>Number of inferences that have run longer than a limit and were not counted by an earlier call.</summary>
    public int CountLate(TimeSpan limit) =>
        Pool.CountLate(limit) + (Variants?.CountLate(limit) ?? 0) + (Throughput?.CountLate(limit) ?? 0)
        + (BatchForm?.CountLate(limit) ?? 0);

    /// <summary>
    /// Counts it as left behind on a device of it that fails, until it is freed. For a servable that is retired and is still held.
    /// </summary>
    public Task CountAsLeftBehindAsync() =>
        _model.Uses?.CountAsLeftBehindAsync($"{Id.Name}; version: {Id.VersionText}", Drained) ?? Task.CompletedTask;

    /// <summary>Runs the inferences if the inputs are dynamic; null if they are static.</summary>
    public DynamicInference? Dynamic => _model.Dynamic;

    /// <summary>Keys and texts of model_info in the model's file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ModelInfo => _model.ModelInfo;

    /// <summary>Its metrics; null if metrics are off. Set before it is published.</summary>
    public ServableMetrics? Metrics { get; internal set; }

    /// <summary>Counts and durations of the calls since this load. Kept even if metrics are off.</summary>
    public CallStatistics Statistics { get; } = new();

    /// <summary>OpenVINO's execution streams in the form that serves; 0 if the device does not report them.</summary>
    public int Streams => (Serving?.Devices ?? Devices)?.Streams ?? 0;

    /// <summary>The devices that run it; null if unknown.</summary>
    public ExecutingDevices? Devices => _model.Devices;

    /// <summary>Whether it must be loaded again though its source is the same: it could run better, or does not compute any more.</summary>
    public bool NeedsReturn => Devices is { HaveFallen: true } or { IsOutdated: true } || Health.IsLost;

    /// <summary>The first inference on devices that it is handed over to; null if there is none.</summary>
    public ZeroInference? WarmUp => _model.WarmsUp ? _model.Zeros : null;

    /// <summary>
    /// Calls that a stop waits for, after <see cref="Retire"/>: all that hold it, except inferences whose caller has gone.
    /// </summary>
    public int CallsLeft =>
        Math.Max(0, Volatile.Read(ref _holds) - Volatile.Read(ref _kept) - Pool.Abandoned) + (Variants?.CallsLeft ?? 0)
        + (Throughput?.CallsLeft ?? 0) + (BatchForm?.CallsLeft ?? 0);

    /// <summary><see cref="CallsLeft"/> before <see cref="Retire"/>, while the table holds it too.</summary>
    public int CallsNow => Math.Max(0, CallsLeft - 1);

    /// <summary>Whether anybody still holds it. If not, OpenVINO's objects are being freed or are freed.</summary>
    public bool IsHeld => Volatile.Read(ref _holds) > 0;

    /// <summary>
    /// Completes after <see cref="Retire"/> when the last lease has ended and OpenVINO's objects are freed or left behind.
    /// </summary>
    public Task Drained => _drained.Task;

    /// <summary>The exception thrown while OpenVINO's objects were freed; null = none.</summary>
    public Exception? FreeingFault { get; private set; }

    /// <summary>Leases it for one call; null once it is retired and drained.</summary>
    public ServableLease? TryLease()
    {
        int seen = Volatile.Read(ref _holds);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _holds, seen + 1, seen);
            if (before == seen)
            {
                return new ServableLease(this);
            }

            seen = before;
        }

        return null;
    }

    /// <summary>Leases it for work of the server itself, which no stop waits for; null once it is retired and drained.</summary>
    public ServableLease? TryKeep()
    {
        if (TryLease() is not { } lease)
        {
            return null;
        }

        Interlocked.Increment(ref _kept);
        return lease.AsKept();
    }

    /// <summary>Releases the table's hold. Called once, after a table without this servable was published.</summary>
    public void Retire() => Release();

    internal void Release(bool isKept = false)
    {
        if (isKept)
        {
            Interlocked.Decrement(ref _kept);
        }

        if (Interlocked.Decrement(ref _holds) == 0)
        {
            // Freeing a compiled model may take long and must not block the thread that ends a request.
            ThreadPool.QueueUserWorkItem(static self => _ = self.FreeAsync(), this, preferLocal: false);
        }
    }

    private async Task FreeAsync()
    {
        try
        {
            if (Variants is { } variants)
            {
                await variants.EndAsync().ConfigureAwait(false);
            }

            if (Throughput is { } throughput)
            {
                await throughput.EndAsync().ConfigureAwait(false);
            }

            if (BatchForm is { } batches)
            {
                await batches.EndAsync().ConfigureAwait(false);
            }

            await _model.FreeAsync($"{Id.Name}; version: {Id.VersionText}").ConfigureAwait(false);
        }
        catch (Exception surprise)
        {
            FreeingFault = surprise;
        }
        finally
        {
            // Always complete: reloads and the end of the process wait for this.
            _drained.SetResult();
        }
    }
}
