using Ovms.Observability.Metrics;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// A servable that is composed of others, as the table holds it: it answers inferences and has no infer requests of its own. Owned by the
/// <see cref="LoadedModel"/>.
/// </summary>
/// <remarks>This class is abstract, so that a servable does not depend on the code that runs compositions.</remarks>
internal abstract class ServableComposition : ISlotSource
{
    private int _inUse;

    /// <summary>Whether it is a graph.</summary>
    public virtual bool IsGraph => false;

    /// <summary>Its metrics; null if metrics are off. Set before it is published.</summary>
    public ServableMetrics? Metrics { get; internal set; }

    /// <summary>Number of calls that can compute at the same time; here each call waits for the requests of its parts.</summary>
    public int Size => 0;

    /// <summary>Number of calls that are computed now.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <inheritdoc/>
    public int Waiting => 0;

    /// <inheritdoc/>
    public int Abandoned => 0;

    /// <inheritdoc/>
    public int CountLate(TimeSpan limit) => 0;

    /// <summary>A call begins.</summary>
    public void Enter() => Interlocked.Increment(ref _inUse);

    /// <summary>A call has ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _inUse);

    /// <inheritdoc/>
    ValueTask<Outcome<InferSlot>> ISlotSource.RentAsync(SequenceStep step, CancellationToken cancellation) =>
        throw new NotSupportedException("A composition has no infer requests; it is called as a whole.");

    /// <inheritdoc/>
    public abstract void Dispose();
}
