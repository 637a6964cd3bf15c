using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>The variants of a model with auto shapes.</summary>
/// <param name="auto">The dimensions that calls decide.</param>
/// <param name="loaded">The signature of the loaded form.</param>
/// <param name="table">The variants.</param>
/// <param name="maker">What the variants are made by; owned.</param>
internal sealed class ModelVariants(AutoShapes auto, Signature loaded, VariantTable table, IDisposable maker) : ServableVariants
{
    /// <inheritdoc/>
    public override Signature Accepted { get; } = auto.Accept(loaded);

    /// <inheritdoc/>
    public override bool IsBatch => auto.IsBatch;

    /// <inheritdoc/>
    public override int Requests => table.Sum(static variant => variant.Pool.Size);

    /// <inheritdoc/>
    public override int InUse => table.Sum(static variant => variant.Pool.InUse);

    /// <inheritdoc/>
    public override IReadOnlyList<Servable> All => table.ToArray();

    /// <inheritdoc/>
    public override int Waiting => table.Waiting + table.Sum(static variant => variant.Pool.Waiting);

    /// <inheritdoc/>
    public override int CallsLeft => table.CallsLeft;

    /// <inheritdoc/>
    public override int CountLate(TimeSpan limit) => table.Sum(variant => variant.Pool.CountLate(limit));

    /// <inheritdoc/>
    public override int BatchAxisOf(TensorInfo info) => auto.Axes[info.Index];

    /// <inheritdoc/>
    public override bool AreLoaded(long[][] shapes)
    {
        for (int i = 0; i < shapes.Length; i++)
        {
            if (!loaded.Inputs[i].Shape.Contains(shapes[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override ValueTask<Outcome<ServableLease>> LeaseAsync(long[][] shapes, CancellationToken cancellation) =>
        table.LeaseAsync(auto.KeyOf(shapes), cancellation);

    /// <inheritdoc/>
    public override bool Drop(Servable variant) => table.Drop(variant);

    /// <inheritdoc/>
    public override Task EndAsync() => table.EndAsync();

    /// <inheritdoc/>
    public override void Dispose() => maker.Dispose();
}
