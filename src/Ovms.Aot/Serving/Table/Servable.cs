using Ovms.Observability.Metrics;
using Ovms.Serving.Requests;
using Ovms.Serving.Sequences;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Table;

/// <summary>
/// One loaded version that can infer. Calls hold it by a <see cref="ServableLease"/>; when it is retired it takes no new leases, and the
/// last lease to end frees the engine's objects.
/// </summary>
internal sealed class Servable
{
    private readonly LoadedModel _model;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Leases plus one for the table's own hold.
    private int _holds = 1;

    internal Servable(ServableId id, LoadedModel model)
    {
        Id = id;
        _model = model;
        Sequences = model.Pool as SequenceTable;
        Accepted = model.Variants?.Accepted ?? model.Signature;
    }

    /// <summary>Name and version.</summary>
    public ServableId Id { get; }

    /// <summary>What it takes and gives in the form it was loaded in, as its metadata tells.</summary>
    public Signature Signature => _model.Signature;

    /// <summary>What calls may send: the same, and other shapes where these are left to calls.</summary>
    public Signature Accepted { get; }

    /// <summary>What computes calls that <see cref="Signature"/> does not take; null where shapes are not left to calls.</summary>
    public ServableVariants? Variants => _model.Variants;

    /// <summary>Where its calls get infer requests.</summary>
    public ISlotSource Pool => _model.Pool;

    /// <summary>The same as the sequences of a stateful model; null for any other.</summary>
    public SequenceTable? Sequences { get; }

    /// <summary>How many calls compute at the same time, in all its forms.</summary>
    public int Requests => Pool.Size + (Variants?.Requests ?? 0);

    /// <summary>Calls that hold an infer request now.</summary>
    public int InUse => Pool.InUse + (Variants?.InUse ?? 0);

    /// <summary>Calls waiting now.</summary>
    public int Waiting => Pool.Waiting + (Variants?.Waiting ?? 0);

    /// <summary>What computes its calls where their shapes differ; null where they are static.</summary>
    public DynamicInference? Dynamic => _model.Dynamic;

    /// <summary>What the model's file tells of it under model_info.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ModelInfo => _model.ModelInfo;

    /// <summary>What is counted about it; null while metrics are off. Set before it is published.</summary>
    public ServableMetrics? Metrics { get; internal set; }

    /// <summary>Counts and durations of the calls since this load; there whether metrics are on or off.</summary>
    public CallStatistics Statistics { get; } = new();

    /// <summary>OpenVINO's execution streams; 0 where the device does not tell.</summary>
    public int Streams => _model.Streams;

    /// <summary>Ends when the last call has given back its lease after <see cref="Retire"/>; the engine's objects are freed by then.</summary>
    public Task Drained => _drained.Task;

    /// <summary>What went wrong while the engine's objects were freed; null for nothing.</summary>
    public Exception? FreeingFault { get; private set; }

    /// <summary>The right to use it for one call; null once it is retired and drained.</summary>
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

    /// <summary>Gives up the table's hold. Called once, after the table without this servable was published.</summary>
    public void Retire() => Release();

    internal void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            // Freeing a compiled model may take long and must not happen on the thread that ends a request.
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

            _model.Dispose();
        }
        catch (Exception surprise)
        {
            FreeingFault = surprise;
        }
        finally
        {
            // Whatever happened: reloads and the end of the process wait for this.
            _drained.SetResult();
        }
    }
}
