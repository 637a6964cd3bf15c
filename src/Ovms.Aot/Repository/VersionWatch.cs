namespace Ovms.Repository;

/// <summary>
/// Remembers how versions' files looked, and so tells what changed and what is still changing. Used by one look at a time.
/// </summary>
internal sealed class VersionWatch
{
    // Files of so many bytes together are read when only their times changed; a copy of the same files is no new version.
    private const long CheapToRead = 8 << 20;

    private Dictionary<string, Memory> _before = [];
    private Dictionary<string, Memory> _now = [];

    /// <summary>Begins a look at the disk; what is not asked for until the next one is forgotten.</summary>
    public void BeginLook() => (_before, _now) = (_now, new Dictionary<string, Memory>(_now.Count));

    /// <summary>Looks at one version.</summary>
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
            // It is going, coming, or not for us: loading it will tell, once it stays so.
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

        // The contents are read once the files have settled, not while the first load wants the disk.
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
