using System.Security;
using System.Security.Cryptography;
using System.Text;
using Ovms.Status;

namespace Ovms.Repository.Remote;

/// <summary>
/// The folder where copies of remote versions are kept: below it a folder for each base path, in that a folder for each copy
/// (<c>files/</c> and <c>manifest.json</c>), its lock, and while it is fetched its <c>.part</c>.
/// </summary>
/// <remarks>
/// Several servers may share it. Whoever uses a copy holds its lock file open for sharing; whoever makes or deletes one holds it alone.
/// The system lets go of a lock when its process ends, however that ends.
/// </remarks>
/// <param name="root">The folder; made when it is missing.</param>
internal sealed class RemoteCache(string root)
{
    private const string Files = "files";
    private const string Manifest = "manifest.json";
    private const string LockEnding = ".lock";
    private const string PartEnding = ".part";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A disk that is full to the last byte stops more than this server.
    private const long LeftFree = 64L << 20;

    /// <summary>The folder that is used when none is named: the user's own, among the system's temporary files.</summary>
    public static string UsualFolder => Path.Combine(Path.GetTempPath(), $"ovms-remote-{Environment.UserName}");

    /// <summary>Absolute.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Makes the folder, for the owner alone; it holds what only the credentials gave access to.</summary>
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
                // Refused by the system where the folder is another user's.
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
            $"{Root} cannot be used for user {Environment.UserName}: {why.TrimEnd('.')}. Give this user write permission there, or another folder with --remote_cache_dir.");
    }

    /// <summary>Where the copy of a version is, or will be.</summary>
    /// <param name="address">The base path with its endpoint: the same path at another store is another thing.</param>
    public string FolderOf(string address, RemoteVersion version) => Path.Combine(FolderOf(address), $"{version.Version}-{version.Fingerprint[..16]}");

    /// <summary>The copy, when it is there and untouched; else null.</summary>
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

    /// <summary>Whether a copy is there and untouched.</summary>
    public static bool IsWhole(string copy, RemoteVersion version) => CopyManifest.Vouches(Path.Combine(copy, Manifest), version, Path.Combine(copy, Files));

    /// <summary>What tells base paths of different stores from each other.</summary>
    public static string AddressOf(RemoteStore store) => $"{store.Endpoint} {store.Path}";

    /// <summary>The right to make or delete a copy; null while anybody uses or makes it.</summary>
    public static FileStream? TryHoldAlone(string copy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        return TryOpenLock(copy, FileAccess.ReadWrite, FileShare.None);
    }

    /// <summary>The folder in which a copy is made, under the lock; what an earlier attempt left there can be used again.</summary>
    public static string BeginPart(string copy)
    {
        string part = copy + PartEnding;
        Directory.CreateDirectory(Path.Combine(part, Files));
        return Path.Combine(part, Files);
    }

    /// <summary>Makes a part the copy, under the lock.</summary>
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

    /// <summary>Whether so many bytes more fit.</summary>
    public Outcome HasRoomFor(long bytes, string what)
    {
        try
        {
            long free = new DriveInfo(Root).AvailableFreeSpace;
            return free - LeftFree >= bytes
                ? Outcome.Ok
                : Outcome.Fail(
                    StatusCode.RemoteCacheFailed,
                    $"{what} needs {bytes} bytes and {Root} has {free} free, of which {LeftFree} are left alone. Make room there, or give another folder with --remote_cache_dir.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not told: writing will tell.
            return Outcome.Ok;
        }
    }

    /// <summary>Deletes the copies of a base path that nobody uses and that are not to be kept.</summary>
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
            // Another server was faster, or it will be tried again at the next look.
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Windows deletes no file that is open; elsewhere it goes while it is held, so that nobody finds it free and without a copy.
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
            return new FileStream(copy + LockEnding, share == FileShare.None ? FileMode.OpenOrCreate : FileMode.Open, access, share, bufferSize: 0);
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
        string name = new([.. address.Split('/')[^1].Where(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_').Take(40)]);
        return Path.Combine(Root, name.Length == 0 ? digest : $"{name}-{digest}");
    }
}
