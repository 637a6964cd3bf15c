using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Status;

namespace Ovms.Tensors;

/// <summary>
/// A block of unmanaged memory that carries one tensor's bytes from the wire to the engine: aligned to a cache line, growable,
/// given back to <see cref="NativeBufferPool"/> on disposal. The owner is the request message it was filled for.
/// Not thread-safe.
/// </summary>
internal sealed unsafe class NativeBuffer : Recyclable, IBufferWriter<byte>, IDisposable
{
    /// <summary>The largest content of one tensor; equal to the largest message, 1 GiB.</summary>
    public const int MaxLength = 1 << 30;

    private readonly Recycled<NativeBuffer>? _home;
    private byte* _block;
    private int _blockSize;
    private byte* _address;
    private int _capacity;
    private NativeMemory? _memory;

    /// <summary>Rents a buffer that can hold <paramref name="capacity"/> bytes without growing; its length is 0.</summary>
    /// <param name="capacity">0 to <see cref="MaxLength"/>.</param>
    /// <param name="budget">Counts what it holds; null where nobody does.</param>
    /// <exception cref="OvmsException">The budget has no room for the capacity.</exception>
    public NativeBuffer(int capacity = 256, BufferBudget? budget = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)capacity, (uint)MaxLength);
        budget?.Take(capacity);
        Budget = budget;
        Open(capacity);
    }

    private NativeBuffer(Recycled<NativeBuffer>? home) => _home = home;

    /// <summary>Where the bytes are; never null, aligned to 64 but for a view. Changes when the buffer grows.</summary>
    public void* Address => _address;

    /// <summary>
    /// Counts what the buffer grows by from here on; null where nobody does. With a budget the buffer uses no more of its block than was
    /// counted.
    /// </summary>
    public BufferBudget? Budget { get; set; }

    /// <summary>How many bytes fit without growing, those written among them.</summary>
    public int Capacity => _capacity;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written.</summary>
    public Span<byte> Bytes => new(_address, Length);

    /// <summary>
    /// A buffer whose content will end at a multiple of 64 when <paramref name="length"/> bytes have been written: where a message ends
    /// in a tensor of a size that is one, as those of images are, the tensor begins at one too.
    /// </summary>
    /// <param name="shells">Objects of buffers that are gone, about 80 bytes each with what they made.</param>
    /// <param name="length">What will be written in the end.</param>
    /// <param name="capacity">How much of it to make room for now.</param>
    public static NativeBuffer EndingAligned(Recycled<NativeBuffer> shells, long length, int capacity)
    {
        int lead = length > MaxLength - NativeBufferPool.Alignment ? 0 : (int)(-length & (NativeBufferPool.Alignment - 1));
        NativeBuffer buffer = shells.Rent();
        buffer.Open(capacity + lead);
        buffer._address += lead;
        buffer._capacity -= lead;
        return buffer;
    }

    /// <summary>
    /// Disposes it and leaves the object to the next <see cref="EndingAligned"/>: only for the last one who knows it.
    /// </summary>
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

    /// <summary>Keeps the objects of buffers that <see cref="EndingAligned"/> makes.</summary>
    public static Recycled<NativeBuffer> Shells() => new(static home => new NativeBuffer(home));

    /// <summary>Some of the bytes as a content of its own, without a copy: valid as long as this buffer neither grows nor is disposed.</summary>
    /// <param name="part">Lies in this buffer.</param>
    /// <param name="spare">A view that was disposed, to become this one; null for a new one.</param>
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

    /// <summary>The bytes written, for readers of sequences: valid as long as the buffer neither grows nor is disposed.</summary>
    public ReadOnlySequence<byte> Sequence => new((_memory ??= new NativeMemory(this)).Memory);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= _capacity - Length);
        Length += count;
    }

    /// <summary>Drops what was written last.</summary>
    /// <param name="length">What stays.</param>
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

    /// <summary>What was reserved and not yet written; may be empty.</summary>
    public Span<byte> Free => new(_address + Length, _capacity - Length);

    /// <summary>Makes room for <paramref name="size"/> more bytes; false where the content would pass <see cref="MaxLength"/>.</summary>
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

    /// <summary>What to answer when <see cref="TryReserve"/> refuses.</summary>
    public Outcome TooLarge() => Outcome.Fail(StatusCode.MessageTooLarge, $"one tensor may have {MaxLength} bytes; {Length} were read and there are more");

    /// <summary>Not offered: the memory is unmanaged.</summary>
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

    // Keeps the content's place within a cache line. A view gets a block of its own.
    private void Grow(int wanted)
    {
        Budget?.Take(wanted - _capacity);
        int lead = _block is null ? 0 : (int)(_address - _block);
        if (_block is not null && wanted + (long)lead <= _blockSize)
        {
            _capacity = wanted;
            return;
        }

        int size = (int)Math.Min((long)wanted + lead, MaxLength);
        byte* larger = NativeBufferPool.Rent(ref size);
        Bytes.CopyTo(new Span<byte>(larger + lead, size - lead));
        if (_block is not null)
        {
            NativeBufferPool.Return(_block, _blockSize);
        }

        _block = larger;
        _blockSize = size;
        _address = larger + lead;
        _capacity = Budget is null ? size - lead : Math.Min(wanted, size - lead);
    }

    private sealed class NativeMemory(NativeBuffer buffer) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(buffer.Length);

        public override Span<byte> GetSpan() => buffer.Bytes;

        // Unmanaged: it does not move.
        public override MemoryHandle Pin(int elementIndex = 0) => new(buffer._address + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
