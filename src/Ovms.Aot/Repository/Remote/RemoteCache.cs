using System.Security;
using System.Security.Cryptography;
using System.Text;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>
/// The folder that caches remote versions. It has a folder for each base path, and in that a folder for each copy (<c>files/</c> and
/// <c>manifest.json</c>). Beside each copy are its lock file and, during a download, its <c>.part</c>.
/// </summary>
/// <remarks>
/// Several servers may share the folder. A user of a copy holds its lock file shared; a server that makes or deletes a copy holds it
/// exclusively. The operating system releases a lock when its process ends for any reason.
/// </remarks>
/// <param name="root">The folder; created if missing.</param>
internal sealed class RemoteCache(string root)
{
    private const string Files = "files";
    private const string Manifest = "manifest.json";
    private const string LockEnding = ".lock";
    private const string PartEnding = ".part";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Free space that the cache never uses: a full disk would stop more than this server.
    private const long LeftFree = 64L << 20;

    /// <summary>The default folder: one for each user, among the system's temporary files.</summary>
    public static string UsualFolder => Path.Combine(Path.GetTempPath(), $"ovms-remote-{Environment.UserName}");

    /// <summary>Absolute.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Creates the folder, accessible to the owner only: its contents may be readable only with the credentials.</summary>
    public Outcome Prepare()
    {
        try
        {
            if (new DirectoryInfo(Root) is { LinkTarget: not null } && Root == Path.GetFullPath(UsualFolder))
            {
                return Fail("it is a link, which somebody else may have made");
            }

            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Root);
            }
            else if (!Directory.Exists(Root))
            {
                Directory.CreateDirectory(Root, OwnerOnly);
            }
            else if (Root == Path.GetFullPath(UsualFolder))
            {
                // Fails if the folder belongs to another user.
                File.SetUnixFileMode(Root, OwnerOnly);
            }

            return Outcome.Ok;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or SecurityException)
        {
            return Fail(failure.Message);
        }

        Outcome Fail(string why) => Outcome.Fail(
            StatusCode.RemoteCacheFailed,
            $"{Root} cannot be used for user {Environment.UserName}: {why.TrimEnd('.')}. "
            + "Give this user write permission there, or another folder with --remote_cache_dir.");
    }

    /// <summary>The folder for the copy of a version, whether it exists or not.</summary>
    /// <param name="address">The base path with its endpoint: the same path at another store is another model.</param>
    public string FolderOf(string address, RemoteVersion version) =>
        Path.Combine(FolderOf(address), $"{version.Version}-{version.Fingerprint[..16]}");

    /// <summary>Takes the copy under a shared lock if it is complete and unchanged; else null.</summary>
    public static LocalCopy? TryTake(string copy, RemoteVersion version, string? modelFile)
    {
        if (!Directory.Exists(copy) || TryOpenLock(copy, FileAccess.Read, FileShare.Read) is not { } hold)
        {
            return null;
        }

        if (IsWhole(copy, version))
        {
            string files = Path.Combine(copy, Files);
            return new LocalCopy(modelFile is null ? files : Path.Combine(files, modelFile), hold);
        }

        hold.Dispose();
        return null;
    }

    /// <summary>Whether a copy is complete and unchanged.</summary>
    public static bool IsWhole(string copy, RemoteVersion version) =>
        CopyManifest.Vouches(Path.Combine(copy, Manifest), version, Path.Combine(copy, Files));

    /// <summary>The key of a base path in the cache: it includes the endpoint, so that paths at different stores differ.</summary>
    public static string AddressOf(RemoteStore store) => $"{store.Endpoint} {store.Path}";

    /// <summary>The exclusive lock for making or deleting a copy; null while any process uses or makes it.</summary>
    public static FileStream? TryHoldAlone(string copy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        return TryOpenLock(copy, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>Creates the folder for the download; needs the lock. Files left by an earlier attempt are reused.</summary>
    public static string BeginPart(string copy)
    {
        string part = copy + PartEnding;
        Directory.CreateDirectory(Path.Combine(part, Files));
        return Path.Combine(part, Files);
    }

    /// <summary>Turns the finished download into the copy; needs the lock.</summary>
    public static void Complete(string copy, RemoteVersion version)
    {
        string part = copy + PartEnding;
        CopyManifest.Write(Path.Combine(part, Manifest), version, Path.Combine(part, Files));
        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }

        Directory.Move(part, copy);
    }

    /// <summary>Checks that the disk has room for this many bytes more.</summary>
    public Outcome HasRoomFor(long bytes, string what)
    {
        try
        {
            long free = new DriveInfo(Root).AvailableFreeSpace;
            return free - LeftFree >= bytes
                ? Outcome.Ok
                : Outcome.Fail(
                    StatusCode.RemoteCacheFailed,
                    $"{what} needs {bytes} bytes and {Root} has {free} free, of which {LeftFree} are left alone. "
                    + "Make room there, or give another folder with --remote_cache_dir.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The free space is unknown: writing will show.
            return Outcome.Ok;
        }
    }

    /// <summary>Deletes the copies of a base path that are neither in use nor to be kept.</summary>
    public void Trim(string address, IReadOnlySet<string> keep)
    {
        string folder = FolderOf(address);
        try
        {
            foreach (string lockFile in Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + LockEnding) : [])
            {
                string copy = lockFile[..^LockEnding.Length];
                if (!keep.Contains(copy) && TryHoldAlone(copy) is { } alone)
                {
                    using (alone)
                    {
                        Delete(copy);
                        Delete(copy + PartEnding);
                        DeleteLock(lockFile, isOpen: true);
                    }

                    DeleteLock(lockFile, isOpen: false);
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another server deleted it first, or the next scan tries again.
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Windows cannot delete an open file. Elsewhere the lock file is deleted while held: no process can find it free and without its copy.
    private static void DeleteLock(string lockFile, bool isOpen)
    {
        if (isOpen != OperatingSystem.IsWindows())
        {
            File.Delete(lockFile);
        }
    }

    private static FileStream? TryOpenLock(string copy, FileAccess access, FileShare share)
    {
        try
        {
            FileMode mode = share == FileShare.None ? FileMode.OpenOrCreate : FileMode.Open;
            return new FileStream(copy + LockEnding, mode, access, share, bufferSize: 0);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (IOException failure) when (IsHeldByAnother(failure))
        {
            return null;
        }
    }

    // EWOULDBLOCK on Linux and macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeldByAnother(IOException failure) => failure.HResult is 11 or 35 or unchecked((int)0x80070020);

    private string FolderOf(string address)
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..16];
        IEnumerable<char> letters =
            address.Split('/')[^1].Where(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');
        string name = new([.. letters.Take(40)]);
        return Path.Combine(Root, name.Length == 0 ? digest : $"{name}-{digest}");
    }
}
