using System.Buffers;
using System.Diagnostics;

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
        if (_capacity - Length < Math.Max(sizeHint, 1))
        {
            Grow(Math.Max(sizeHint, 1));
        }

        return new Span<byte>(_address + Length, _capacity - Length);
    }

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

    private void Grow(int atLeast)
    {
        long wanted = Math.Max((long)Length + atLeast, Math.Min((long)_capacity * 2, MaxLength));
        if (wanted > MaxLength)
        {
            throw new InsufficientMemoryException($"A tensor's content may have at most {MaxLength} bytes.");
        }

        int grown = (int)wanted;
        byte* larger = NativeBufferPool.Rent(ref grown);
        Bytes.CopyTo(new Span<byte>(larger, grown));
        NativeBufferPool.Return(_address, _capacity);
        _address = larger;
        _capacity = grown;
    }
}
