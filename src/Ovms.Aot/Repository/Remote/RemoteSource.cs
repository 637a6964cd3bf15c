using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>Result of one scan of a remote base path. Nothing is downloaded yet.</summary>
/// <param name="Repository">The versions; their paths are addresses in the store.</param>
/// <param name="Versions">The same versions with their stamps; a version is settled if the previous listing showed the same.</param>
internal sealed record RemoteLook(ModelRepository Repository, ImmutableArray<VersionOnDisk> Versions);

/// <summary>
/// One remote base path over time. One listing at a time runs beside the scans, so that a slow store delays no scan for long. Failing
/// listings are retried with growing pauses. Scans come from one thread at a time, downloads from any.
/// </summary>
/// <param name="store">The store; disposed by this.</param>
/// <param name="patience">Timeouts and retries.</param>
/// <param name="time">The clock for pauses.</param>
/// <param name="stop">Cancels a listing.</param>
internal sealed class RemoteSource(RemoteStore store, RemotePatience patience, TimeProvider time, CancellationToken stop) : IDisposable
{
    private Task<Outcome<RemoteListing>>? _underway;
    private Outcome<RemoteLook> _last = Outcome.Fail(
        StatusCode.RemoteUnreachable, $"{store.Path}: {store.Endpoint} has not answered yet.");
    private ImmutableDictionary<long, RemoteVersion> _listed = ImmutableDictionary<long, RemoteVersion>.Empty;
    private long _lastBegun;
    private int _failures;

    /// <summary>The store.</summary>
    public RemoteStore Store => store;

    /// <summary>The version in the newest successful listing; null if absent.</summary>
    public RemoteVersion? Find(long version) => Volatile.Read(ref _listed).GetValueOrDefault(version);

    /// <summary>Begins a listing, unless one is running or must wait after failures.</summary>
    /// <param name="isVouched">A caller requested the scan: then it does not wait after failures.</param>
    public void Begin(bool isVouched)
    {
        bool mayBegin = isVouched || _failures == 0 || time.GetElapsedTime(_lastBegun) >= patience.AfterFailures(_failures);
        if (_underway is null && mayBegin)
        {
            _lastBegun = time.GetTimestamp();
            _underway = Task.Run(ListAsync, CancellationToken.None);
        }
    }

    /// <summary>The result of the running listing if it ends within the limit; else the previous result.</summary>
    /// <param name="limit">How long to wait.</param>
    public Outcome<RemoteLook> Take(TimeSpan limit)
    {
        if (_underway is { } underway && underway.Wait(limit, CancellationToken.None))
        {
            _underway = null;
            Outcome<RemoteListing> listed = underway.Result;
            _failures = listed.IsOk || listed.Code == StatusCode.NoModelVersionAvailable ? 0 : _failures + 1;
            _last = listed.IsOk ? Compare(listed.Value) : listed.WithoutValue;
        }

        return _last;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A running listing is cancelled by the token. If the store is disposed first, the listing fails and its result is never read.
        store.Dispose();
    }

    private async Task<Outcome<RemoteListing>> ListAsync()
    {
        try
        {
            Outcome<List<RemoteObject>> objects = await store.ListAsync(stop).ConfigureAwait(false);
            return objects.IsOk ? RemoteListing.Of(store.Path, objects.Value) : objects.WithoutValue;
        }
        catch (Exception surprise)
        {
            // A faulted task would make every later scan throw.
            return Outcome.Fail(StatusCode.InternalError, $"{store.Path}: {surprise.GetType().Name}: {surprise.Message}");
        }
    }

    private RemoteLook Compare(RemoteListing listing)
    {
        ImmutableDictionary<long, RemoteVersion> before = _listed;
        Volatile.Write(ref _listed, listing.Versions.ToImmutableDictionary(static version => version.Version));
        ImmutableArray<VersionOnDisk> versions =
        [
            .. listing.Versions.Select(version => new VersionOnDisk(
                new ModelVersionFolder(
                    version.Version,
                    listing.Path.ModelFile is null ? $"{listing.Path}/{version.Version}" : $"{listing.Path}"),
                new FilesStamp(version.Fingerprint),
                IsSettled: before.GetValueOrDefault(version.Version)?.Fingerprint == version.Fingerprint)),
        ];
        ImmutableArray<ModelVersionFolder> folders = [.. versions.Select(static version => version.Folder)];
        return new RemoteLook(new ModelRepository($"{listing.Path}", folders, listing.Warnings), versions);
    }
}
