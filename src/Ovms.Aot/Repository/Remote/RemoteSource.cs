using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>What one look at a remote base path found; nothing of it is on this machine yet.</summary>
/// <param name="Repository">The versions; their paths are addresses in the store.</param>
/// <param name="Versions">The same with how they look; settled is what the listing before told the same of.</param>
internal sealed record RemoteLook(ModelRepository Repository, ImmutableArray<VersionOnDisk> Versions);

/// <summary>
/// One remote base path over time. Listings run beside the looks, one at a time, so that a slow store keeps no look waiting for long; those
/// that fail are repeated with growing pauses. Looks come from one thread at a time; fetches from any.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="patience">How long and how often.</param>
/// <param name="time">The clock of the pauses.</param>
/// <param name="stop">Ends a listing.</param>
internal sealed class RemoteSource(RemoteStore store, RemotePatience patience, TimeProvider time, CancellationToken stop) : IDisposable
{
    private Task<Outcome<RemoteListing>>? _underway;
    private Outcome<RemoteLook> _last = Outcome.Fail(StatusCode.RemoteUnreachable, $"{store.Path}: {store.Endpoint} has not answered yet.");
    private ImmutableDictionary<long, RemoteVersion> _listed = ImmutableDictionary<long, RemoteVersion>.Empty;
    private long _lastBegun;
    private int _failures;

    /// <summary>The store.</summary>
    public RemoteStore Store => store;

    /// <summary>The version as the newest listing that went well tells of it; null where it does not.</summary>
    public RemoteVersion? Find(long version) => Volatile.Read(ref _listed).GetValueOrDefault(version);

    /// <summary>Begins a listing, unless one is underway or has to wait after failures.</summary>
    /// <param name="isVouched">Somebody asks: then there is no waiting after failures.</param>
    public void Begin(bool isVouched)
    {
        bool mayBegin = isVouched || _failures == 0 || time.GetElapsedTime(_lastBegun) >= patience.AfterFailures(_failures);
        if (_underway is null && mayBegin)
        {
            _lastBegun = time.GetTimestamp();
            _underway = Task.Run(ListAsync, CancellationToken.None);
        }
    }

    /// <summary>What the listing that was begun found, when it ends soon; else what the one before found.</summary>
    /// <param name="limit">How long it is waited for.</param>
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
        // A listing underway ends by the token; the store may go before it, which it answers as a failure that nobody reads.
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
            // A task that failed would fail every later look that takes it.
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
                new ModelVersionFolder(version.Version, listing.Path.ModelFile is null ? $"{listing.Path}/{version.Version}" : $"{listing.Path}"),
                new FilesStamp(version.Fingerprint),
                IsSettled: before.GetValueOrDefault(version.Version)?.Fingerprint == version.Fingerprint)),
        ];
        return new RemoteLook(new ModelRepository($"{listing.Path}", [.. versions.Select(static version => version.Folder)], listing.Warnings), versions);
    }
}
