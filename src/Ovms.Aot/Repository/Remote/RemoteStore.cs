using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>
/// One container of an object store, accessed with one set of credentials. Every call has a timeout and bounded retries. Failures of the
/// store or the network are returned, not thrown.
/// </summary>
/// <param name="path">The base path, for messages.</param>
/// <param name="endpoint">The store's address for messages and cache keys, without secrets.</param>
/// <param name="patience">Timeouts and retries.</param>
internal abstract class RemoteStore(RemotePath path, string endpoint, RemotePatience patience) : IDisposable
{
    /// <summary>Limit of objects below one base path; more are rejected.</summary>
    public const int MaxObjects = 100_000;

    /// <summary>The base path.</summary>
    public RemotePath Path => path;

    /// <summary>The store's address, without secrets.</summary>
    public string Endpoint => endpoint;

    /// <summary>Timeouts and retries.</summary>
    protected RemotePatience Patience => patience;

    /// <summary>Lists all objects of the base path, in any order.</summary>
    public Task<Outcome<List<RemoteObject>>> ListAsync(CancellationToken cancellation) =>
        AskAsync(
            async token =>
            {
                List<RemoteObject> all = [];
                await foreach (RemoteObject item in ObjectsAsync(path.Prefix, token).ConfigureAwait(false))
                {
                    if (all.Count == MaxObjects)
                    {
                        return Outcome.Fail(
                            StatusCode.PathInvalid,
                            $"{path} at {endpoint} holds more than {MaxObjects} objects; give the folder of one model.");
                    }

                    all.Add(item);
                }

                return (Outcome<List<RemoteObject>>)all;
            },
            patience.Listing,
            cancellation);

    /// <summary>Begins to read an object. If it has changed since it was listed, the call fails or the body's ETag differs.</summary>
    public Task<Outcome<RemoteBody>> OpenAsync(RemoteObject item, CancellationToken cancellation) =>
        AskAsync(async token => (Outcome<RemoteBody>)await ReadAsync(item, token).ConfigureAwait(false), patience.Request, cancellation);

    /// <summary>Whether an exception thrown while reading a body means that the content does not match the store's checksum.</summary>
    public virtual bool SaysOtherContent(Exception failure) => false;

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Lists page by page. Throws on failure.</summary>
    protected abstract IAsyncEnumerable<RemoteObject> ObjectsAsync(string prefix, CancellationToken cancellation);

    /// <summary>Opens an object. Throws on failure.</summary>
    protected abstract Task<RemoteBody> ReadAsync(RemoteObject item, CancellationToken cancellation);

    /// <summary>The store's error response in an exception: HTTP status and error code; null if the exception is something else.</summary>
    protected abstract (int Status, string? Word)? AnswerIn(Exception failure);

    private async Task<Outcome<T>> AskAsync<T>(
        Func<CancellationToken, Task<Outcome<T>>> ask, TimeSpan limit, CancellationToken cancellation)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(limit);
        try
        {
            return await ask(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Outcome.Fail(StatusCode.Cancelled, $"{path} at {endpoint} is not asked any more: the server stops.");
        }
        catch (Exception failure)
        {
            // SDKs throw undocumented types too; none of them may end the scan or the load.
            return AnswerIn(failure) is { } answer
                ? RemoteFault.OfAnswer(this, answer.Status, answer.Word)
                : RemoteFault.OfException(this, failure, limit);
        }
    }
}
