using System.Runtime.InteropServices;

namespace Ovms.Tests.Setup;

/// <summary>A shared memory object of its own, unlinked at the end; skips the test where there are none.</summary>
internal sealed class SharedObject : IDisposable
{
    /// <summary>What the keys of all tests begin with.</summary>
    public const string Prefix = "ovms_test_";

    private readonly FileStream _file;

    /// <summary>Creates an object.</summary>
    /// <param name="size">Its bytes.</param>
    public SharedObject(int size = 4096)
    {
        Skip.Unless(OperatingSystem.IsLinux(), "There is shared memory of POSIX on Linux alone.");
        Key = $"/{Prefix}{Guid.NewGuid():N}";
        _file = new FileStream(Path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        _file.SetLength(size);
    }

    /// <summary>Its key, with a slash.</summary>
    public string Key { get; }

    /// <summary>Its file.</summary>
    public string Path => $"/dev/shm{Key}";

    /// <summary>Its length in bytes, which its owner may change.</summary>
    public long Length
    {
        get => _file.Length;
        set => _file.SetLength(value);
    }

    /// <summary>Writes numbers as the owner does.</summary>
    public void Write<T>(long offset, params T[] values)
        where T : unmanaged => RandomAccess.Write(_file.SafeFileHandle, MemoryMarshal.AsBytes(values.AsSpan()), offset);

    /// <summary>Reads numbers as the owner does.</summary>
    public T[] Read<T>(long offset, int count)
        where T : unmanaged
    {
        T[] values = new T[count];
        int read = RandomAccess.Read(_file.SafeFileHandle, MemoryMarshal.AsBytes(values.AsSpan()), offset);
        return values[..(read / Marshal.SizeOf<T>())];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        File.Delete(Path);
    }
}
