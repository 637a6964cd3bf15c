using Ovms.Serving.Preparation;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Serving.Variants;

/// <summary>
/// What computes the calls of a model with auto shapes that its loaded form does not take. Owned by the <see cref="Loading.LoadedModel"/>.
/// </summary>
/// <param name="auto">What calls decide.</param>
/// <param name="loaded">What the loaded form takes.</param>
/// <param name="table">The variants.</param>
/// <param name="maker">Owned.</param>
internal sealed class ModelVariants(AutoShapes auto, Signature loaded, VariantTable table, IDisposable maker) : IDisposable
{
    /// <summary>What calls may send.</summary>
    public Signature Accepted { get; } = auto.Accept(loaded);

    /// <summary>Whether calls decide the batch size and nothing else.</summary>
    public bool IsBatch => auto.IsBatch;

    /// <summary>Infer requests of the variants.</summary>
    public int Requests => table.Sum(static variant => variant.Pool.Size);

    /// <summary>Those that a call holds now.</summary>
    public int InUse => table.Sum(static variant => variant.Pool.InUse);

    /// <summary>Calls that wait for an infer request of a variant, or for a variant.</summary>
    public int Waiting => table.Waiting + table.Sum(static variant => variant.Pool.Waiting);

    /// <summary>The axis of an input where its calls decide the batch size; negative where they do not.</summary>
    public int BatchAxisOf(TensorInfo info) => auto.Axes[info.Index];

    /// <summary>Whether the loaded form computes a call.</summary>
    /// <param name="shapes">In the order of the inputs, and accepted.</param>
    public bool AreLoaded(long[][] shapes)
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

    /// <summary>The right to use the variant that computes a call; see <see cref="VariantTable.LeaseAsync"/>.</summary>
    /// <param name="shapes">In the order of the inputs, and accepted.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public ValueTask<Outcome<ServableLease>> LeaseAsync(long[][] shapes, CancellationToken cancellation) => table.LeaseAsync(auto.KeyOf(shapes), cancellation);

    /// <inheritdoc cref="VariantTable.EndAsync"/>
    public Task EndAsync() => table.EndAsync();

    /// <summary>Frees what variants are made of; there are none any more.</summary>
    public void Dispose() => maker.Dispose();
}
