using System.Buffers;
using System.Diagnostics;
using Ovms.Status;

namespace Ovms.Tensors;

/// <summary>
/// A block of unmanaged memory that carries one tensor's bytes from the wire to the engine: aligned to a cache line, growable,
/// given back to <see cref="NativeBufferPool"/> on disposal. The owner is the request message it was filled for.
/// Not thread-safe.
/// </summary>
internal sealed unsafe class NativeBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>The largest content of one tensor; equal to the largest message, 1 GiB.</summary>
    public const int MaxLength = 1 << 30;

    private byte* _address;
    private int _capacity;

    /// <summary>Rents a buffer that can hold <paramref name="capacity"/> bytes without growing; its length is 0.</summary>
    /// <param name="capacity">0 to <see cref="MaxLength"/>.</param>
    public NativeBuffer(int capacity = 256)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)capacity, (uint)MaxLength);
        _address = NativeBufferPool.Rent(ref capacity);
        _capacity = capacity;
    }

    /// <summary>Where the bytes are; never null, aligned to 64. Changes when the buffer grows.</summary>
    public void* Address => _address;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written.</summary>
    public Span<byte> Bytes => new(_address, Length);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= _capacity - Length);
        Length += count;
    }

    /// <inheritdoc/>
    /// <exception cref="InsufficientMemoryException">The content would pass <see cref="MaxLength"/>.</exception>
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
        if (_address is not null)
        {
            NativeBufferPool.Return(_address, _capacity);
            _address = null;
            _capacity = 0;
            Length = 0;
        }
    }

    private void Grow(int wanted)
    {
        byte* larger = NativeBufferPool.Rent(ref wanted);
        Bytes.CopyTo(new Span<byte>(larger, wanted));
        NativeBufferPool.Return(_address, _capacity);
        _address = larger;
        _capacity = wanted;
    }
}
