using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Ovms.Disk;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.SharedMemory;

/// <summary>The regions that callers have registered. Calls look them up without a lock.</summary>
internal sealed class SharedRegions
{
    /// <summary>The most characters of a region's name.</summary>
    public const int MaxNameLength = 255;

    // Where glibc and musl keep the objects of shm_open.
    private const string Folder = "/dev/shm";

    // The share of the open files that regions may take: connections need the others.
    private const int FilesShare = 4;

    private readonly Lock _gate = new();
    private readonly string? _prefix;
    private ImmutableDictionary<string, SharedRegion> _regions = ImmutableDictionary.Create<string, SharedRegion>(StringComparer.Ordinal);
    private int _open;

    /// <summary>Starts without regions.</summary>
    /// <param name="prefix">What keys must begin with, a leading slash not counted; null if no region may be registered.</param>
    /// <param name="most">The most regions whose files are open.</param>
    public SharedRegions(string? prefix, int most)
    {
        _prefix = prefix is null ? null : SharedMemoryKey.WithoutSlash(prefix);
        Most = prefix is null ? 0 : most;
    }

    /// <summary>No region can be registered.</summary>
    public static SharedRegions None { get; } = new(null, 0);

    /// <summary>Whether regions can be registered.</summary>
    public bool IsAllowed => _prefix is not null;

    /// <summary>The most regions, counting those that are unregistered but still in use; each holds an open file.</summary>
    public int Most { get; }

    /// <summary>Regions whose files are open, registered or still in use.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>All registered regions.</summary>
    public IEnumerable<SharedRegion> All => _regions.Values;

    /// <summary>As the options say.</summary>
    /// <param name="options">The options.</param>
    /// <param name="openFiles">The most files that this process may open; null if unknown.</param>
    public static SharedRegions From(ServerOptions options, long? openFiles)
    {
        if (options.AllowSharedMemory.Length == 0)
        {
            return None;
        }

        FileSizeSignal.Ignore();
        long asked = options.MaxSharedMemoryRegions == 0 ? int.MaxValue : options.MaxSharedMemoryRegions;
        return new(options.AllowSharedMemory, (int)Math.Min(asked, openFiles / FilesShare ?? asked));
    }

    /// <summary>Registers a part of a shared memory object.</summary>
    /// <param name="name">The caller's name for it.</param>
    /// <param name="key">The object's key.</param>
    /// <param name="offset">Where the region begins in the object.</param>
    /// <param name="byteSize">Its length.</param>
    /// <returns>Ok, or why it is not registered.</returns>
    public Outcome Register(string name, string key, ulong offset, ulong byteSize)
    {
        if (_prefix is null)
        {
            return NotAllowed();
        }

        if (name.Length is 0 or > MaxNameLength)
        {
            return Outcome.Fail(
                StatusCode.SharedMemoryInvalid, $"Expected: a region's name of 1 to {MaxNameLength} characters; Actual: {name.Length}");
        }

        Outcome<string> file = SharedMemoryKey.NameOf(key, _prefix);
        if (!file.IsOk)
        {
            return file.WithoutValue;
        }

        if (byteSize is 0 or > long.MaxValue || offset > long.MaxValue - byteSize)
        {
            return Outcome.Fail(
                StatusCode.SharedMemoryInvalid,
                $"Expected: a byte_size of at least 1 that ends with the offset below 2^63; Actual: byte_size {byteSize}, offset {offset}; "
                    + $"region: {Shown.Bounded(name)}");
        }

        lock (_gate)
        {
            return _regions.ContainsKey(name)
                ? Outcome.Fail(StatusCode.SharedMemoryRegionExists, $"Region: {Shown.Bounded(name)}; unregister it first")
                : Add(name, key, Path.Join(Folder, file.Value), (long)offset, (long)byteSize);
        }
    }

    /// <summary>Unregisters a region; does nothing if there is none of that name. Calls that use it go on.</summary>
    /// <param name="name">The region's name; empty for all regions.</param>
    public void Unregister(string name)
    {
        if (name.Length == 0)
        {
            UnregisterAll();
            return;
        }

        SharedRegion? removed;
        lock (_gate)
        {
            _regions.TryGetValue(name, out removed);
            _regions = _regions.Remove(name);
        }

        removed?.Release();
    }

    /// <summary>A registered region, for reports.</summary>
    public Outcome<SharedRegion> Find(string name) => _regions.TryGetValue(name, out SharedRegion? region) ? region : Missing(name);

    /// <summary>A registered region, which the caller must release.</summary>
    public Outcome<SharedRegion> Lease(string name) =>
        _regions.TryGetValue(name, out SharedRegion? region) && region.TryLease() ? region : Missing(name);

    private void UnregisterAll()
    {
        IEnumerable<SharedRegion> removed;
        lock (_gate)
        {
            removed = _regions.Values;
            _regions = _regions.Clear();
        }

        foreach (SharedRegion region in removed)
        {
            region.Release();
        }
    }

    private Outcome Missing(string name) => Outcome.Fail(
        StatusCode.SharedMemoryRegionMissing,
        $"Region: {Shown.Bounded(name)}"
            + (IsAllowed ? "" : "; none can be registered: start the server with --allow_shared_memory PREFIX"));

    // Under the lock.
    private Outcome Add(string name, string key, string path, long offset, long byteSize)
    {
        if (_open >= Most)
        {
            return Outcome.Fail(
                StatusCode.SharedMemoryExhausted,
                $"{_open} regions are registered or still in use; Expected: at most {Most} (--max_shared_memory_regions); "
                    + "unregister others");
        }

        Outcome<SafeFileHandle> opened = OpenObject(key, path);
        if (!opened.IsOk)
        {
            return opened.WithoutValue;
        }

        long length = RandomAccess.GetLength(opened.Value);
        if (offset + byteSize > length)
        {
            opened.Value.Dispose();
            return Outcome.Fail(
                StatusCode.SharedMemoryInvalid,
                $"Expected: a part of the object's {length} bytes; Actual: {byteSize} bytes at offset {offset}; key: {Shown.Bounded(key)}");
        }

        Interlocked.Increment(ref _open);
        SharedRegion region = new(opened.Value, name, key, offset, byteSize, () => Interlocked.Decrement(ref _open));
        _regions = _regions.Add(name, region);
        return Outcome.Ok;
    }

    private static Outcome<SafeFileHandle> OpenObject(string key, string path)
    {
        try
        {
            SafeFileHandle file = LinuxFile.OpenWithoutWaiting(path, LinuxFile.ReadWriteNoLink);
            FileKind kind = LinuxFile.KindOf(file);
            if (kind == FileKind.Regular)
            {
                LinuxFile.ClearNonBlocking(file, LinuxFile.ReadWriteNoLink);
                return file;
            }

            file.Dispose();
            return NoObject(key, kind);
        }
        catch (FileNotFoundException)
        {
            return Outcome.Fail(StatusCode.SharedMemoryInvalid, $"There is no shared memory object of this key; key: {Shown.Bounded(key)}");
        }
        catch (UnauthorizedAccessException)
        {
            return Outcome.Fail(
                StatusCode.SharedMemoryInvalid,
                $"The server's user may not read and write the shared memory object; key: {Shown.Bounded(key)}");
        }
        catch (IOException fault)
        {
            FileKind kind = LinuxFile.KindOfEntry(path);
            return kind is FileKind.Regular or FileKind.Unknown
                ? Outcome.Fail(StatusCode.SharedMemoryExhausted, $"{fault.Message}; key: {Shown.Bounded(key)}")
                : NoObject(key, kind);
        }
    }

    private static Outcome NoObject(string key, FileKind kind) => Outcome.Fail(
        StatusCode.SharedMemoryInvalid,
        $"Expected: a shared memory object; Actual: {LinuxFile.Describe(kind)}; key: {Shown.Bounded(key)}");

    private static Outcome NotAllowed() => Outcome.Fail(
        StatusCode.SharedMemoryNotAllowed,
        OperatingSystem.IsLinux()
            ? "No region can be registered: start the server with --allow_shared_memory PREFIX, or send tensors in the message, as "
                + "raw_input_contents (gRPC) or binary data (REST); on one host a unix socket (--grpc_uds, --rest_uds) is faster than TCP"
            : "No region can be registered: shared memory is supported on Linux only; send tensors in the message, as raw_input_contents "
                + "(gRPC) or binary data (REST)");
}
