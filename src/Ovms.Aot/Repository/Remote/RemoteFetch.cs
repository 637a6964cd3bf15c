using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>Downloads a version into the cache, or uses the copy that is there.</summary>
/// <param name="cache">The cache.</param>
/// <param name="patience">Timeouts and retries.</param>
internal sealed class RemoteFetch(RemoteCache cache, RemotePatience patience)
{
    /// <summary>Gets the local copy of a version.</summary>
    /// <param name="store">The store.</param>
    /// <param name="version">The version as listed.</param>
    /// <returns>The copy, which the caller disposes; or why there is none.</returns>
    public async Task<Outcome<LocalCopy>> ObtainAsync(RemoteStore store, RemoteVersion version, CancellationToken cancellation)
    {
        Outcome prepared = cache.Prepare();
        if (!prepared.IsOk)
        {
            return prepared;
        }

        string copy = cache.FolderOf(RemoteCache.AddressOf(store), version);
        try
        {
            return await ObtainAsync(store, version, copy, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Outcome.Fail(
                StatusCode.RemoteCacheFailed,
                $"{store.Path} cannot be kept in {copy}: {failure.Message} Give this user write permission there, or another folder "
                + "with --remote_cache_dir.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Outcome.Fail(
                StatusCode.Cancelled,
                $"{store.Path} version {version.Version} was not fetched to its end: the server stops.");
        }
    }

    private async Task<Outcome<LocalCopy>> ObtainAsync(
        RemoteStore store, RemoteVersion version, string copy, CancellationToken cancellation)
    {
        // Other servers may hold the lock, and may delete a copy before this one takes it.
        for (long started = Stopwatch.GetTimestamp(); ; await Task.Delay(patience.Step, cancellation).ConfigureAwait(false))
        {
            if (RemoteCache.TryTake(copy, version, store.Path.ModelFile) is { } there)
            {
                return there;
            }

            Outcome made = await MakeAsync(store, version, copy, cancellation).ConfigureAwait(false);
            if (!made.IsOk)
            {
                return made;
            }

            if (RemoteCache.TryTake(copy, version, store.Path.ModelFile) is { } taken)
            {
                return taken;
            }

            if (Stopwatch.GetElapsedTime(started) > patience.OtherFetcher)
            {
                return Outcome.Fail(
                    StatusCode.RemoteCacheFailed,
                    $"{copy} has been locked, changed or deleted by another process for {patience.OtherFetcher.TotalSeconds:F0} s; "
                    + "give each server its own --remote_cache_dir.");
            }
        }
    }

    // Ok also where another server holds the copy: it may be making it.
    private async Task<Outcome> MakeAsync(RemoteStore store, RemoteVersion version, string copy, CancellationToken cancellation)
    {
        if (RemoteCache.TryHoldAlone(copy) is not { } alone)
        {
            return Outcome.Ok;
        }

        await using ConfiguredAsyncDisposable end = alone.ConfigureAwait(false);
        return RemoteCache.IsWhole(copy, version)
            ? Outcome.Ok
            : await FillAsync(store, version, copy, cancellation).ConfigureAwait(false);
    }

    private async Task<Outcome> FillAsync(RemoteStore store, RemoteVersion version, string copy, CancellationToken cancellation)
    {
        // A file under its final name was checked by an earlier attempt that was interrupted later.
        string part = RemoteCache.BeginPart(copy);
        RemoteFile[] missing = [.. version.Files.Where(file => LengthOf(Path.Combine(part, file.Name)) != file.Object.Size)];
        Outcome room = cache.HasRoomFor(missing.Sum(static file => file.Object.Size), $"{store.Path} version {version.Version}");
        if (!room.IsOk)
        {
            return room;
        }

        foreach (RemoteFile file in missing)
        {
            RemoteDownload download = new(store, file, patience);
            Outcome fetched = await download.ToAsync(Path.Combine(part, file.Name), cancellation).ConfigureAwait(false);
            if (!fetched.IsOk)
            {
                return fetched;
            }
        }

        RemoteCache.Complete(copy, version);
        return Outcome.Ok;
    }

    private static long? LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : null;
}
