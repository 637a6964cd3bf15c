using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>Brings the files of one version to this machine; what is there already is used.</summary>
/// <param name="cache">Where to.</param>
/// <param name="patience">How long and how often.</param>
internal sealed class RemoteFetch(RemoteCache cache, RemotePatience patience)
{
    /// <summary>The version's copy.</summary>
    /// <param name="store">Where it comes from.</param>
    /// <param name="version">What the listing tells of it.</param>
    /// <returns>The copy, the caller's to dispose; or what stands against it.</returns>
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
            return Outcome.Fail(StatusCode.RemoteCacheFailed, $"{store.Path} cannot be kept in {copy}: {failure.Message} Give this user write permission there, or another folder with --remote_cache_dir.");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Outcome.Fail(StatusCode.Cancelled, $"{store.Path} version {version.Version} was not fetched to its end: the server stops.");
        }
    }

    private async Task<Outcome<LocalCopy>> ObtainAsync(RemoteStore store, RemoteVersion version, string copy, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (RemoteCache.TryTake(copy, version, store.Path.ModelFile) is { } taken)
            {
                return taken;
            }

            if (RemoteCache.TryHoldAlone(copy) is { } alone)
            {
                await using ConfiguredAsyncDisposable end = alone.ConfigureAwait(false);
                Outcome filled = RemoteCache.IsWhole(copy, version) ? Outcome.Ok : await FillAsync(store, version, copy, cancellation).ConfigureAwait(false);
                if (!filled.IsOk)
                {
                    return filled;
                }
            }
            else if (Stopwatch.GetElapsedTime(started) > patience.OtherFetcher)
            {
                return Outcome.Fail(StatusCode.RemoteCacheFailed, $"{copy} has been in another server's hands for {patience.OtherFetcher.TotalSeconds:F0} s; give each server its own --remote_cache_dir.");
            }
            else
            {
                await Task.Delay(patience.Step, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<Outcome> FillAsync(RemoteStore store, RemoteVersion version, string copy, CancellationToken cancellation)
    {
        // A file that stands in the part under its own name was checked by the attempt that was cut off later.
        string part = RemoteCache.BeginPart(copy);
        RemoteFile[] missing = [.. version.Files.Where(file => new FileInfo(Path.Combine(part, file.Name)) is not { Exists: true } there || there.Length != file.Object.Size)];
        Outcome room = cache.HasRoomFor(missing.Sum(static file => file.Object.Size), $"{store.Path} version {version.Version}");
        if (!room.IsOk)
        {
            return room;
        }

        foreach (RemoteFile file in missing)
        {
            Outcome fetched = await new RemoteDownload(store, file, patience).ToAsync(Path.Combine(part, file.Name), cancellation).ConfigureAwait(false);
            if (!fetched.IsOk)
            {
                return fetched;
            }
        }

        RemoteCache.Complete(copy, version);
        return Outcome.Ok;
    }
}
