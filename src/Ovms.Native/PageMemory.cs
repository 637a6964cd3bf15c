using System.Runtime.InteropServices;

namespace Ovms.Native;

/// <summary>
/// Zeroed memory in whole pages that the operating system provides when a page is first touched. So a large block costs what is used of it.
/// Not thread-safe for disposal.
/// </summary>
public sealed unsafe partial class PageMemory : IDisposable
{
    /// <summary>From this size on, the system is asked for huge pages, which it then provides 2 MB at a time.</summary>
    private const long WorthHugePages = 64L << 20;

    private const int PageSize = 4096;
    private const int ReadWrite = 3;
    private const int HugePages = 14;
    private const uint CommitAndReserve = 0x3000;
    private const uint WindowsReadWrite = 4;
    private const uint Release = 0x8000;

    // Private and anonymous, and not counted as used before it is.
    private static readonly int s_mapFlags = 0x02 | 0x20 | 0x4000;

    private byte* _start;

    private PageMemory(byte* start, long size)
    {
        _start = start;
        Size = size;
    }

    /// <summary>Its size in bytes.</summary>
    public long Size { get; }

    /// <summary>Its first byte; at least page-aligned.</summary>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public byte* Start => _start is not null ? _start : throw new ObjectDisposedException(nameof(PageMemory));

    /// <summary>Reserves memory.</summary>
    /// <param name="size">Bytes; at least one.</param>
    /// <exception cref="OutOfMemoryException">The system, or a limit of address space, does not allow it.</exception>
    public static PageMemory Reserve(long size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        long whole = checked(size + PageSize - 1) / PageSize * PageSize;
        byte* start = OperatingSystem.IsLinux() ? Map(whole)
            : OperatingSystem.IsWindows() ? VirtualAlloc(null, (nuint)whole, CommitAndReserve, WindowsReadWrite)
            : Aligned(whole);
        return start is not null
            ? new PageMemory(start, size)
            : throw new OutOfMemoryException($"The system does not give {size} bytes of memory.");
    }

    /// <summary>Sets a range to zero.</summary>
    public void Clear(long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Size - offset);
        NativeMemory.Clear(Start + offset, (nuint)length);
    }

    /// <summary>Frees it. Nothing may use it any more: tensors over it and requests that have them are disposed before.</summary>
    public void Dispose()
    {
        byte* start = _start;
        _start = null;
        if (start is null)
            return;
        if (OperatingSystem.IsLinux())
            _ = Unmap(start, (nuint)((Size + PageSize - 1) / PageSize * PageSize));
        else if (OperatingSystem.IsWindows())
            _ = VirtualFree(start, 0, Release);
        else
            NativeMemory.AlignedFree(start);
    }

    private static byte* Map(long size)
    {
        byte* start = MapMemory(null, (nuint)size, ReadWrite, s_mapFlags, -1, 0);
        if (start == (byte*)-1)
            return null;
        // Advice: a system without huge pages refuses it, and nothing is lost.
        if (size >= WorthHugePages)
            _ = Advise(start, (nuint)size, HugePages);
        return start;
    }

    private static byte* Aligned(long size)
    {
        byte* start = (byte*)NativeMemory.AlignedAlloc((nuint)size, PageSize);
        NativeMemory.Clear(start, (nuint)size);
        return start;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* MapMemory(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("kernel32")]
    private static partial byte* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
