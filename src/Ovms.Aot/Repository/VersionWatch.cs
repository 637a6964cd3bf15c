namespace Ovms.Repository;

/// <summary>
/// Remembers the state of versions' files between scans and tells what changed and what is still changing. Not thread-safe.
/// </summary>
internal sealed class VersionWatch
{
    // If only times changed, versions up to this total size are hashed: a copy of the same files is no new version.
    private const long CheapToRead = 8 << 20;

    private Dictionary<string, Memory> _before = [];
    private Dictionary<string, Memory> _now = [];

    /// <summary>Begins a scan. Versions not checked before the next scan are forgotten.</summary>
    public void BeginLook() => (_before, _now) = (_now, new Dictionary<string, Memory>(_now.Count));

    /// <summary>Checks one version.</summary>
    public VersionOnDisk Look(ModelVersionFolder folder)
    {
        Memory? before = _before.GetValueOrDefault(folder.Path);
        try
        {
            FilesSeen seen = FilesSeen.At(folder.Path);
            (Memory now, bool isSettled) = Judge(before, seen);
            _now[folder.Path] = now;
            return new VersionOnDisk(folder, now.Stamp, isSettled);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The version is being removed or written, or the server may not read it. Loading it reports the fault once this persists.
            FilesStamp stamp = new(failure.Message);
            _now[folder.Path] = new Memory(null, stamp, null);
            return new VersionOnDisk(folder, stamp, IsSettled: before?.Stamp == stamp);
        }
    }

    private static (Memory Now, bool IsSettled) Judge(Memory? before, FilesSeen seen)
    {
        if (before?.Seen is not { } last || last.Layout != seen.Layout)
        {
            return (new Memory(seen, seen.ToStamp(), null), false);
        }

        // Contents are hashed only after the files have settled, so that this does not compete with the first load for the disk.
        if (last.Times == seen.Times)
        {
            return (before with { Contents = before.Contents ?? (seen.Bytes <= CheapToRead ? seen.TryHashContents() : null) }, true);
        }

        return before.Contents is { } contents && seen.TryHashContents() == contents
            ? (before with { Seen = seen }, true)
            : (new Memory(seen, seen.ToStamp(), null), false);
    }

    private sealed record Memory(FilesSeen? Seen, FilesStamp Stamp, string? Contents);
}
