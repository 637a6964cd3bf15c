using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// The variants of a model whose shapes are left to calls, for shapes that its loaded form does not accept. Owned by the
/// <see cref="LoadedModel"/>.
/// </summary>
/// <remarks>
/// Each variant is a <see cref="Servable"/> itself. This class is abstract, so that a servable does not depend on the code that makes
/// variants.
/// </remarks>
internal abstract class ServableVariants : IDisposable
{
    /// <summary>The signature that calls are checked against.</summary>
    public abstract Signature Accepted { get; }

    /// <summary>Whether calls decide the batch size and nothing else.</summary>
    public abstract bool IsBatch { get; }

    /// <summary>The variants that are made, most recently used first.</summary>
    public abstract IReadOnlyList<Servable> All { get; }

    /// <summary>Number of infer requests of the variants.</summary>
    public abstract int Requests { get; }

    /// <summary>Number of those that a call holds now.</summary>
    public abstract int InUse { get; }

    /// <summary>Number of calls that wait for a variant, or for an infer request of one.</summary>
    public abstract int Waiting { get; }

    /// <summary>Number of calls on variants that a stop waits for.</summary>
    public abstract int CallsLeft { get; }

    /// <summary>Number of inferences on variants that have run longer than a limit and were not counted by an earlier call.</summary>
    public abstract int CountLate(TimeSpan limit);

    /// <summary>The axis of an input whose size (the batch) calls decide; negative if there is none.</summary>
    public abstract int BatchAxisOf(TensorInfo info);

    /// <summary>Whether the loaded form can compute a call.</summary>
    /// <param name="shapes">The accepted shapes, by input index.</param>
    public abstract bool AreLoaded(long[][] shapes);

    /// <summary>Leases the variant that computes a call. Makes it if it does not exist.</summary>
    /// <param name="shapes">The accepted shapes, by input index.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The lease. Or a failure: the variant cannot be made, or too many calls wait.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public abstract ValueTask<Outcome<ServableLease>> LeaseAsync(long[][] shapes, CancellationToken cancellation);

    /// <summary>Forgets a variant: its calls end, and the next one of its shapes makes it anew.</summary>
    /// <returns>Whether there was such a variant.</returns>
    public abstract bool Drop(Servable variant);

    /// <summary>Releases all variants. Called once, when no call waits and none can come.</summary>
    /// <returns>Completes when the last call on a variant has ended and all are freed.</returns>
    public abstract Task EndAsync();

    /// <summary>Frees the prepared model, after all variants have ended.</summary>
    public abstract void Dispose();
}
