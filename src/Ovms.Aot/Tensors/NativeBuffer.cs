using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Status;

namespace Ovms.Tensors;

/// <summary>
/// A growable block of unmanaged memory that carries one tensor's bytes from the wire to OpenVINO, aligned to a cache line. Disposing
/// returns the block to <see cref="NativeBufferPool"/>. Owned by the request message that it was filled for. Not thread-safe.
/// </summary>
internal sealed unsafe class NativeBuffer : Recyclable, IBufferWriter<byte>, IDisposable
{
    /// <summary>Maximum content of one tensor: 1 GiB, as for a message.</summary>
    public const int MaxLength = 1 << 30;

    private readonly Recycled<NativeBuffer>? _home;
    private byte* _block;
    private int _blockSize;
    private byte* _address;
    private int _capacity;
    private NativeMemory? _memory;

    /// <summary>Rents a buffer that can hold <paramref name="capacity"/> bytes without growing; its length is 0.</summary>
    /// <param name="capacity">0 to <see cref="MaxLength"/>.</param>
    /// <param name="budget">Counts the memory held; null for no limit.</param>
    /// <exception cref="OvmsException">The budget has no room for the capacity.</exception>
    public NativeBuffer(int capacity = 256, BufferBudget? budget = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)capacity, (uint)MaxLength);
        budget?.Take(capacity);
        Budget = budget;
        Open(capacity);
    }

    private NativeBuffer(Recycled<NativeBuffer>? home) => _home = home;

    /// <summary>Address of the bytes; never null; aligned to 64, except in a view. Changes when the buffer grows.</summary>
    public void* Address => _address;

    /// <summary>
    /// Counts further growth; null for no limit. With a budget the buffer uses no more of its block than was counted.
    /// </summary>
    public BufferBudget? Budget { get; set; }

    /// <summary>Bytes that fit without growing, including those already written.</summary>
    public int Capacity => _capacity;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written.</summary>
    public Span<byte> Bytes => new(_address, Length);

    /// <summary>
    /// Rents a buffer whose content ends at a multiple of 64 once <paramref name="length"/> bytes are written. If the message ends with a
    /// tensor whose size is a multiple of 64, such as an image, that tensor also begins at one.
    /// </summary>
    /// <param name="shells">Pool of buffer objects; each takes about 80 bytes with the objects it made.</param>
    /// <param name="length">Final length of the content in bytes.</param>
    /// <param name="capacity">Bytes to make room for now.</param>
    public static NativeBuffer EndingAligned(Recycled<NativeBuffer> shells, long length, int capacity)
    {
        int lead = length > MaxLength - NativeBufferPool.Alignment ? 0 : (int)(-length & (NativeBufferPool.Alignment - 1));
        NativeBuffer buffer = shells.Rent();
        buffer.Open(capacity + lead);
        buffer._address += lead;
        buffer._capacity -= lead;
        return buffer;
    }

    /// <summary>Disposes the buffer and pools the object for <see cref="EndingAligned"/>. No other reference may remain.</summary>
    public void Recycle()
    {
        if (_home is null)
        {
            Dispose();
        }
        else if (TryEndUse(Stamp))
        {
            Dispose();
            _home.Return(this);
        }
    }

    /// <summary>Creates the pool of buffer objects for <see cref="EndingAligned"/>.</summary>
    public static Recycled<NativeBuffer> Shells() => new(static home => new NativeBuffer(home));

    /// <summary>A view of some of the bytes, without a copy. Valid as long as this buffer neither grows nor is disposed.</summary>
    /// <param name="part">Bytes of this buffer.</param>
    /// <param name="spare">A disposed view to reuse; null to make a new one.</param>
    public NativeBuffer View(ReadOnlySpan<byte> part, NativeBuffer? spare = null)
    {
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(part));
        Debug.Assert(part.IsEmpty || (start >= _address && start + part.Length <= _address + Length), "The part lies in the buffer.");
        Debug.Assert(spare is null or { _block: null, _address: null }, "Nobody uses the spare view.");
        spare ??= new NativeBuffer(home: null);
        spare._address = part.IsEmpty ? _address : start;
        spare._capacity = spare.Length = part.Length;
        return spare;
    }

    /// <summary>A view of memory that something else owns and that outlives the view.</summary>
    /// <param name="address">Its address; not null.</param>
    /// <param name="length">Its bytes.</param>
    public static NativeBuffer Over(void* address, int length)
    {
        Debug.Assert(address is not null, "A view has an address.");
        return new NativeBuffer(home: null) { _address = (byte*)address, _capacity = length, Length = length };
    }

    /// <summary>The bytes written, as a sequence. Valid as long as the buffer neither grows nor is disposed.</summary>
    public ReadOnlySequence<byte> Sequence => new((_memory ??= new NativeMemory(this)).Memory);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= _capacity - Length);
        Length += count;
    }

    /// <summary>Drops the bytes after a given length.</summary>
    /// <param name="length">The new length.</param>
    public void Truncate(int length)
    {
        Debug.Assert(length >= 0 && length <= Length);
        Length = length;
    }

    /// <inheritdoc/>
    /// <exception cref="InsufficientMemoryException">The content would pass <see cref="MaxLength"/>.</exception>
    /// <exception cref="OvmsException">The budget has no room for more.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (!TryReserve(Math.Max(sizeHint, 1)))
        {
            throw new InsufficientMemoryException($"A tensor's content may have at most {MaxLength} bytes.");
        }

        return Free;
    }

    /// <summary>Room reserved and not yet written; may be empty.</summary>
    public Span<byte> Free => new(_address + Length, _capacity - Length);

    /// <summary>Makes room for <paramref name="size"/> more bytes; false if the content would exceed <see cref="MaxLength"/>.</summary>
    /// <exception cref="OvmsException">The budget has no room for more.</exception>
    public bool TryReserve(long size)
    {
        Debug.Assert(size >= 0 && _address is not null);
        if (size > MaxLength - Length)
        {
            return false;
        }

        if (size > _capacity - Length)
        {
            Grow((int)Math.Max(Length + size, Math.Min((long)_capacity * 2, MaxLength)));
        }

        return true;
    }

    /// <summary>The failure to answer when <see cref="TryReserve"/> returns false.</summary>
    public Outcome TooLarge() => Outcome.Fail(
        StatusCode.MessageTooLarge, $"one tensor may have {MaxLength} bytes; {Length} were read and there are more");

    /// <summary>Not supported: the memory is unmanaged.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException("A NativeBuffer hands out spans only.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_block is not null)
        {
            NativeBufferPool.Return(_block, _blockSize);
            _block = null;
        }

        Budget = null;
        _address = null;
        _capacity = 0;
        Length = 0;
    }

    private void Open(int capacity)
    {
        Debug.Assert(_address is null, "The buffer is nobody's.");
        int size = capacity;
        _address = _block = NativeBufferPool.Rent(ref size);
        _blockSize = size;
        _capacity = Budget is null ? size : capacity;
    }

    // Keeps the content's offset within a cache line while the largest block has room for it. A view gets its own block.
    private void Grow(int wanted)
    {
        Budget?.Take(wanted - _capacity);
        int lead = _block is null ? 0 : (int)(_address - _block);
        if (_block is not null && wanted + (long)lead <= _blockSize)
        {
            _capacity = wanted;
            return;
        }

        lead = wanted <= MaxLength - lead ? lead : 0;
        int size = wanted + lead;
        byte* larger = NativeBufferPool.Rent(ref size);
        Bytes.CopyTo(new Span<byte>(larger + lead, size - lead));
        if (_block is not null)
        {
            NativeBufferPool.Return(_block, _blockSize);
        }

        _block = larger;
        _blockSize = size;
        _address = larger + lead;
        _capacity = Budget is null ? size - lead : wanted;
    }

    private sealed class NativeMemory(NativeBuffer buffer) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(buffer.Length);

        public override Span<byte> GetSpan() => buffer.Bytes;

        // The memory is unmanaged: it does not move.
        public override MemoryHandle Pin(int elementIndex = 0) => new(buffer._address + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
