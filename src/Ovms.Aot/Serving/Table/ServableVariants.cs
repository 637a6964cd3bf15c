using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Serving.Table;

/// <summary>
/// What computes the calls of a model that its loaded form does not take, where shapes are left to calls. A variant is a
/// <see cref="Servable"/> itself: who makes variants knows servables, and a servable knows only this of its variants.
/// Owned by the <see cref="LoadedModel"/>.
/// </summary>
internal abstract class ServableVariants : IDisposable
{
    /// <summary>What calls may send.</summary>
    public abstract Signature Accepted { get; }

    /// <summary>Whether calls decide the batch size and nothing else.</summary>
    public abstract bool IsBatch { get; }

    /// <summary>Infer requests of the variants.</summary>
    public abstract int Requests { get; }

    /// <summary>Those that a call holds now.</summary>
    public abstract int InUse { get; }

    /// <summary>Calls that wait for an infer request of a variant, or for a variant.</summary>
    public abstract int Waiting { get; }

    /// <summary>The axis of an input where its calls decide the batch size; negative where they do not.</summary>
    public abstract int BatchAxisOf(TensorInfo info);

    /// <summary>Whether the loaded form computes a call.</summary>
    /// <param name="shapes">In the order of the inputs, and accepted.</param>
    public abstract bool AreLoaded(long[][] shapes);

    /// <summary>The right to use the variant that computes a call, which is made where it is missing.</summary>
    /// <param name="shapes">In the order of the inputs, and accepted.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The lease, or: the model cannot be made so, too many wait already.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public abstract ValueTask<Outcome<ServableLease>> LeaseAsync(long[][] shapes, CancellationToken cancellation);

    /// <summary>Lets all variants go. Called once, when no call waits or comes any more.</summary>
    /// <returns>Ends when the last call on a variant has ended and all are freed.</returns>
    public abstract Task EndAsync();

    /// <summary>Frees what variants are made of; there are none any more.</summary>
    public abstract void Dispose();
}
