using System.Collections.Concurrent;
using System.Diagnostics;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>All base paths in object stores that are served: what versions they have, and their files when they are wanted.</summary>
/// <param name="settings">Who one is, and where.</param>
/// <param name="cache">Where files are kept.</param>
/// <param name="time">The clock of pauses.</param>
/// <param name="stop">Ends listings and fetches.</param>
internal sealed class RemoteRepositories(RemoteSettings settings, RemoteCache cache, TimeProvider time, CancellationToken stop) : IDisposable
{
    private readonly ConcurrentDictionary<string, Outcome<RemoteSource>> _sources = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _forgotten = new();
    private readonly RemoteFetch _fetch = new(cache, settings.Patience);
    private long _lookBegun;

    /// <summary>As the environment and one option say.</summary>
    /// <param name="cacheDir">--remote_cache_dir; empty where it is not given.</param>
    public static RemoteRepositories ByEnvironment(string cacheDir, CancellationToken stop) =>
        new(new RemoteSettings(Environment.GetEnvironmentVariable, new RemotePatience()), new RemoteCache(cacheDir.Length == 0 ? RemoteCache.UsualFolder : cacheDir), TimeProvider.System, stop);

    /// <summary>Whether there is or was a base path whose copies may be kept.</summary>
    public bool IsUsed => !_sources.IsEmpty || !_forgotten.IsEmpty;

    /// <summary>Begins a look: all listings start, so that they run side by side.</summary>
    /// <param name="basePaths">Every base path that is served; those that are not remote are passed over, those no longer there are forgotten.</param>
    /// <param name="isVouched">Somebody asks for the look and waits.</param>
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
            // What the variables got wrong does not change while the process lives, but the files that they name may.
            Outcome<RemoteSource> source = _sources.GetOrAdd(basePath, Open);
            if (!source.IsOk && isVouched)
            {
                source = _sources[basePath] = Open(basePath);
            }

            source.Value?.Begin(isVouched);
        }
    }

    /// <summary>What is known of a base path that the look was begun for.</summary>
    public Outcome<RemoteLook> Look(string basePath, bool isVouched)
    {
        Outcome<RemoteSource> source = _sources.GetOrAdd(basePath, Open);
        if (!source.IsOk)
        {
            return source.WithoutValue;
        }

        // One limit for all of a look: they run side by side, and what is on disk waits for them.
        TimeSpan left = (isVouched ? settings.Patience.Asked : settings.Patience.Look) - Stopwatch.GetElapsedTime(_lookBegun);
        return source.Value.Take(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>Deletes copies of a base path that nobody uses and nobody will want soon.</summary>
    /// <param name="basePath">The base path; looked at before.</param>
    /// <param name="wanted">The versions that are to be served.</param>
    public void Trim(string basePath, IEnumerable<long> wanted)
    {
        if (_sources.TryGetValue(basePath, out Outcome<RemoteSource> found) && found.Value is { } source)
        {
            string address = RemoteCache.AddressOf(source.Store);
            cache.Trim(address, wanted.Select(source.Find).OfType<RemoteVersion>().Select(version => cache.FolderOf(address, version)).ToHashSet(StringComparer.Ordinal));
        }
    }

    /// <summary>Deletes copies of base paths that are no longer served, as far as nobody uses them.</summary>
    public void TrimForgotten()
    {
        while (_forgotten.TryDequeue(out string? address))
        {
            cache.Trim(address, new HashSet<string>());
        }
    }

    /// <summary>The files of a version on this machine; fetched when they are not there. Blocks for as long as that takes.</summary>
    /// <returns>The copy, the caller's to dispose when nothing reads it any more; or a sentence that says what stands against it.</returns>
    public Outcome<LocalCopy> Obtain(string basePath, long version)
    {
        if (!_sources.TryGetValue(basePath, out Outcome<RemoteSource> found) || !found.IsOk)
        {
            return found.Code == StatusCode.Ok ? Outcome.Fail(StatusCode.PathInvalid, $"{basePath} is not served any more.") : found.WithoutValue;
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
