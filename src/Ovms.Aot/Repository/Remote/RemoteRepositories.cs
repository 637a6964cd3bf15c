using System.Collections.Concurrent;
using System.Diagnostics;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>All served base paths in object stores: their versions, and their files on demand.</summary>
/// <param name="settings">Credentials and endpoints.</param>
/// <param name="cache">The local cache.</param>
/// <param name="time">The clock for pauses.</param>
/// <param name="stop">Cancels listings and downloads.</param>
internal sealed class RemoteRepositories(RemoteSettings settings, RemoteCache cache, TimeProvider time, CancellationToken stop)
    : IDisposable
{
    private readonly ConcurrentDictionary<string, Outcome<RemoteSource>> _sources = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _forgotten = new();
    private readonly RemoteFetch _fetch = new(cache, settings.Patience);
    private long _lookBegun;

    /// <summary>Configured by environment variables and one option.</summary>
    /// <param name="cacheDir">--remote_cache_dir; empty if not given.</param>
    public static RemoteRepositories ByEnvironment(string cacheDir, CancellationToken stop)
    {
        RemoteCache cache = new(cacheDir.Length == 0 ? RemoteCache.UsualFolder : cacheDir);
        return new(new RemoteSettings(Environment.GetEnvironmentVariable, new RemotePatience()), cache, TimeProvider.System, stop);
    }

    /// <summary>Whether a remote base path is or was served, so that copies may exist.</summary>
    public bool IsUsed => !_sources.IsEmpty || !_forgotten.IsEmpty;

    /// <summary>Begins a scan: starts all listings, so that they run in parallel.</summary>
    /// <param name="basePaths">Every served base path. Local ones are ignored; remote ones missing here are forgotten.</param>
    /// <param name="isVouched">Whether a caller requested the scan and waits for it.</param>
    public void BeginLook(IEnumerable<string> basePaths, bool isVouched)
    {
        _lookBegun = Stopwatch.GetTimestamp();
        HashSet<string> wanted = [.. basePaths.Where(RemotePath.IsRemote)];
        foreach (string gone in _sources.Keys.Except(wanted).ToArray())
        {
            Forget(gone);
        }

        foreach (string basePath in wanted)
        {
            // Environment variables do not change while the process lives, but the files that they name may.
            Outcome<RemoteSource> source = _sources.GetOrAdd(basePath, Open);
            if (!source.IsOk && isVouched)
            {
                source = _sources[basePath] = Open(basePath);
            }

            source.Value?.Begin(isVouched);
        }
    }

    /// <summary>The result for a base path passed to <see cref="BeginLook"/>.</summary>
    public Outcome<RemoteLook> Look(string basePath, bool isVouched)
    {
        Outcome<RemoteSource> source = _sources.GetOrAdd(basePath, Open);
        if (!source.IsOk)
        {
            return source.WithoutValue;
        }

        // One time limit for the whole scan: the listings run in parallel, and local models wait for them.
        TimeSpan left = (isVouched ? settings.Patience.Asked : settings.Patience.Look) - Stopwatch.GetElapsedTime(_lookBegun);
        return source.Value.Take(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>Deletes copies of a base path that are not in use and not wanted.</summary>
    /// <param name="basePath">A base path that was scanned before.</param>
    /// <param name="wanted">The versions to be served.</param>
    public void Trim(string basePath, IEnumerable<long> wanted)
    {
        if (_sources.TryGetValue(basePath, out Outcome<RemoteSource> found) && found.Value is { } source)
        {
            string address = RemoteCache.AddressOf(source.Store);
            IEnumerable<RemoteVersion> listed = wanted.Select(source.Find).OfType<RemoteVersion>();
            cache.Trim(address, listed.Select(version => cache.FolderOf(address, version)).ToHashSet(StringComparer.Ordinal));
        }
    }

    /// <summary>Deletes copies of base paths that are no longer served, unless they are in use.</summary>
    public void TrimForgotten()
    {
        while (_forgotten.TryDequeue(out string? address))
        {
            cache.Trim(address, new HashSet<string>());
        }
    }

    /// <summary>Gets a version's files on this machine. Blocks while it downloads missing ones.</summary>
    /// <returns>The copy, which the caller disposes after its last read; or why there is none, as a sentence.</returns>
    public Outcome<LocalCopy> Obtain(string basePath, long version)
    {
        if (!_sources.TryGetValue(basePath, out Outcome<RemoteSource> found) || !found.IsOk)
        {
            return found.Code == StatusCode.Ok
                ? Outcome.Fail(StatusCode.PathInvalid, $"{basePath} is not served any more.")
                : found.WithoutValue;
        }

        return found.Value!.Find(version) is { } listed
            ? _fetch.ObtainAsync(found.Value.Store, listed, stop).GetAwaiter().GetResult()
            : Outcome.Fail(StatusCode.FileInvalid, $"{basePath} has no version {version} any more.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Outcome<RemoteSource> source in _sources.Values)
        {
            source.Value?.Dispose();
        }
    }

    private void Forget(string basePath)
    {
        if (_sources.TryRemove(basePath, out Outcome<RemoteSource> source) && source.Value is { } gone)
        {
            _forgotten.Enqueue(RemoteCache.AddressOf(gone.Store));
            gone.Dispose();
        }
    }

    private Outcome<RemoteSource> Open(string basePath)
    {
        Outcome<RemotePath> path = RemotePath.Parse(basePath);
        if (!path.IsOk)
        {
            return path.WithoutValue;
        }

        Outcome<RemoteStore> store = settings.Open(path.Value);
        return store.IsOk ? new RemoteSource(store.Value, settings.Patience, time, stop) : store.WithoutValue;
    }
}
