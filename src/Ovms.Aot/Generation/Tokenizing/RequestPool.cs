using System.Diagnostics;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// The infer requests of a tokenizer or detokenizer IR. Owns the compiled model and the requests; freed when no caller holds one.
/// </summary>
internal sealed class RequestPool : IDisposable
{
    private const int MostRequests = 4;

    private readonly CompiledModel _compiled;
    private readonly InferRequest[] _requests;
    private readonly WaitingLine<InferRequest> _line;
    private readonly TimeSpan _longestWait;

    /// <summary>Makes the requests: one a core, four at most.</summary>
    /// <param name="compiled">The model; owned from now on.</param>
    /// <param name="limits">How many callers wait, and how long.</param>
    public RequestPool(CompiledModel compiled, EncodingLimits limits)
    {
        _compiled = compiled;
        _longestWait = limits.LongestWait;
        _requests = [.. Enumerable.Range(0, Size).Select(_ => compiled.CreateInferRequest())];
        _line = new WaitingLine<InferRequest>(_requests, limits.MostWaiters);
    }

    /// <summary>How many requests a pool has.</summary>
    public static int Size => Math.Min(Environment.ProcessorCount, MostRequests);

    /// <summary>Runs work with a request as soon as one is idle.</summary>
    /// <returns>The work's result, or that too many callers wait, that the wait was too long, or the engine's error.</returns>
    /// <exception cref="OperationCanceledException">The caller left while it waited.</exception>
    public async ValueTask<Outcome<T>> RunAsync<T>(Func<InferRequest, T> work, CancellationToken cancellation)
    {
        Outcome<InferRequest> rented;
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_longestWait);
        try
        {
            rented = await _line.RentAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Outcome.Fail(
                StatusCode.QueueFull,
                $"No infer request of the tokenizer became free within {_longestWait.TotalSeconds:0.#} s; try again later.");
        }

        return rented.IsOk ? Run(rented.Value, work) : rented.WithoutValue;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Debug.Assert(_line.InUse == 0, "A tokenizer is freed only after every caller has left it.");
        foreach (InferRequest request in _requests)
        {
            request.Dispose();
        }

        _compiled.Dispose();
    }

    private Outcome<T> Run<T>(InferRequest request, Func<InferRequest, T> work)
    {
        try
        {
            return work(request);
        }
        catch (OpenVinoException failure)
        {
            return Outcome.Fail(StatusCode.InternalInferenceError, $"The tokenizer failed: {failure.Said}");
        }
        finally
        {
            _line.Return(request);
        }
    }
}
