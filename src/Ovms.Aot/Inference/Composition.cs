using Ovms.Inference.Messages;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Computes the calls of a servable that is composed of others: a pipeline or a graph.</summary>
internal abstract class Composition : ServableComposition
{
    /// <summary>Checks a request in place of its comparison with the signature; its BYTES are then not converted.</summary>
    /// <param name="message">The request.</param>
    /// <returns>The result; null if the request is compared with the signature, as a model's is.</returns>
    public virtual Outcome? Check(InferMessage message) => null;

    /// <summary>Computes one call.</summary>
    /// <param name="message">The request, which is checked, and whose BYTES are converted if it was compared with the signature. The
    /// caller owns it, and keeps it until
    /// <see cref="ComposedRun.Unfinished"/> has completed.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>The result; a failure is not thrown.</returns>
    public abstract Task<ComposedRun> RunAsync(InferMessage message, CancellationToken cancellation);

    /// <summary>Makes it run for one stream of requests; only of a graph.</summary>
    /// <param name="answers">Takes the answers.</param>
    /// <returns>The stream, not started yet; or why the graph has none.</returns>
    public virtual Outcome<RequestStream> OpenStream(IStreamAnswers answers) =>
        Outcome.Fail(StatusCode.NotImplemented, "only a graph computes a stream as a whole");
}
