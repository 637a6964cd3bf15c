using Grpc.Core;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>A caller's stream of requests that also ends when the server stops, so that an open stream does not delay the stop.</summary>
internal sealed class StoppableRequests<T>(IAsyncStreamReader<T> requests, CancellationToken stopping) : IAsyncStreamReader<T>
{
    /// <inheritdoc/>
    public T Current => requests.Current;

    /// <inheritdoc/>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            return await requests.MoveNext(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }
}
