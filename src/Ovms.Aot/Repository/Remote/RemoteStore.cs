using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>
/// One container at one object store, seen with one set of credentials. Every call has a deadline and bounded retries, and ends as a value
/// where the store or the way to it fails.
/// </summary>
/// <param name="path">The base path it was made for, for messages.</param>
/// <param name="endpoint">Where it is asked: for messages and names, so without secrets.</param>
/// <param name="patience">How long and how often.</param>
internal abstract class RemoteStore(RemotePath path, string endpoint, RemotePatience patience) : IDisposable
{
    /// <summary>More objects below one base path are refused.</summary>
    public const int MaxObjects = 100_000;

    /// <summary>The base path it was made for.</summary>
    public RemotePath Path => path;

    /// <summary>Where it is asked.</summary>
    public string Endpoint => endpoint;

    /// <summary>How long and how often.</summary>
    protected RemotePatience Patience => patience;

    /// <summary>Everything that belongs to the base path, in any order.</summary>
    public Task<Outcome<List<RemoteObject>>> ListAsync(CancellationToken cancellation) =>
        AskAsync(
            async token =>
            {
                List<RemoteObject> all = [];
                await foreach (RemoteObject item in ObjectsAsync(path.Prefix, token).ConfigureAwait(false))
                {
                    if (all.Count == MaxObjects)
                    {
                        return Outcome.Fail(StatusCode.PathInvalid, $"{path} at {endpoint} holds more than {MaxObjects} objects; give the folder of one model.");
                    }

                    all.Add(item);
                }

                return (Outcome<List<RemoteObject>>)all;
            },
            patience.Listing,
            cancellation);

    /// <summary>Begins to read an object. When it is another one by now, that is a failure, or seen from the body's mark.</summary>
    public Task<Outcome<RemoteBody>> OpenAsync(RemoteObject item, CancellationToken cancellation) =>
        AskAsync(async token => (Outcome<RemoteBody>)await ReadAsync(item, token).ConfigureAwait(false), patience.Request, cancellation);

    /// <summary>Whether an exception while a body is read says that its content is not what the store's own checksum tells.</summary>
    public virtual bool SaysOtherContent(Exception failure) => false;

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Lists, page after page. Throws where it fails.</summary>
    protected abstract IAsyncEnumerable<RemoteObject> ObjectsAsync(string prefix, CancellationToken cancellation);

    /// <summary>Opens an object. Throws where it fails.</summary>
    protected abstract Task<RemoteBody> ReadAsync(RemoteObject item, CancellationToken cancellation);

    /// <summary>The store's own answer in an exception: the HTTP status and the store's word for it; null where it is something else.</summary>
    protected abstract (int Status, string? Word)? AnswerIn(Exception failure);

    private async Task<Outcome<T>> AskAsync<T>(Func<CancellationToken, Task<Outcome<T>>> ask, TimeSpan limit, CancellationToken cancellation)
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
            // What a vendor's library throws beyond its own documented types is its affair; none of it may end the look or the load.
            return AnswerIn(failure) is { } answer ? RemoteFault.OfAnswer(this, answer.Status, answer.Word) : RemoteFault.OfException(this, failure, limit);
        }
    }
}
