using Ovms.Inference.Messages;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>The memory of a composed call's outputs, as a field of <see cref="ModelCall"/>.</summary>
internal struct ComposedAnswer : IDisposable
{
    private IDisposable? _memory;

    /// <summary>Whether the outputs hold no infer request, or no longer do: see <see cref="IDetachable.TryDetach"/>.</summary>
    public readonly bool TryDetach() => _memory is not null && (_memory is not IDetachable detachable || detachable.TryDetach());

    /// <summary>Takes over what a run returns.</summary>
    /// <param name="run">The run.</param>
    /// <param name="message">The request; null afterwards if the run still reads it, and will dispose it.</param>
    /// <param name="use">The stamp of the request.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="owned">The outputs that the caller must dispose, before this.</param>
    public Outcome Take(ComposedRun run, ref InferMessage? message, int use, out OutputTensor[] outputs, out OwnedOutputs owned)
    {
        (_memory, outputs, owned) = (run.Memory, run.Outputs, new OwnedOutputs(run.Outputs));
        if (run.Unfinished is { } unfinished && message is { } kept)
        {
            message = null;
            unfinished.ContinueWith(_ => kept.Dispose(use), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return run.Result;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _memory?.Dispose();
        _memory = null;
    }
}
