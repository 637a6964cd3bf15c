using Ovms.Inference.Messages;
using Ovms.Serving.Table;

namespace Ovms.Inference;

/// <summary>Computes the calls of a servable that is composed of others: a pipeline.</summary>
internal abstract class Composition : ServableComposition
{
    /// <summary>Computes one call.</summary>
    /// <param name="message">The request, which fits the signature and whose BYTES are converted. The caller owns it, and keeps it until
    /// <see cref="ComposedRun.Unfinished"/> has completed.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>The result; a failure is not thrown.</returns>
    public abstract Task<ComposedRun> RunAsync(InferMessage message, CancellationToken cancellation);
}
