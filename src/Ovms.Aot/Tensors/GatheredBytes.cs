using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ovms.Tensors;

/// <summary>
/// The bytes of a message in order: small parts are copied into a buffer, tensors are referenced in place. A large answer is sent from
/// it piece by piece without a second copy of its tensors. Not thread-safe.
/// </summary>
/// <param name="copies">0, or the message's length if tensors must be copied too because their memory does not stay valid.</param>
internal sealed unsafe class GatheredBytes(int copies = 0) : IBufferWriter<byte>, IDisposable
{
    // Room for names, shapes and lengths.
    private const int LeastRoom = 256;

    private readonly NativeBuffer _copied = new(Math.Max(copies, LeastRoom));

    // In order. Address 0 means bytes of the buffer: it moves when it grows, so they are found by their offset.
    private readonly List<(nint Address, int Start, int Length)> _runs = [];
    private int _run;
    private int _read;

    /// <summary>Whether tensors are copied too, so that no memory outside has to stay valid.</summary>
    public bool HasCopies => copies > 0;

    /// <summary>Bytes added and not read yet.</summary>
    public long Left { get; private set; }

    /// <summary>Adds bytes by reference. The caller keeps them valid and in place until they have been read.</summary>
    public void AddView(ReadOnlySpan<byte> bytes)
    {
        if (HasCopies)
        {
            this.Write(bytes);
        }
        else if (!bytes.IsEmpty)
        {
            _runs.Add(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), 0, bytes.Length));
            Left += bytes.Length;
        }
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        int start = _copied.Length;
        _copied.Advance(count);
        Left += count;
        if (_runs.Count > 0 && _runs[^1] is { Address: 0 } last)
        {
            _runs[^1] = last with { Length = last.Length + count };
        }
        else
        {
            _runs.Add((0, start, count));
        }
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => _copied.GetSpan(sizeHint);

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => _copied.GetMemory(sizeHint);

    /// <summary>Copies the next bytes.</summary>
    /// <returns>The number of bytes: as many as fit, or all that are left.</returns>
    public int Read(Span<byte> destination)
    {
        int copied = 0;
        while (copied < destination.Length && _run < _runs.Count)
        {
            (nint address, int start, int length) = _runs[_run];
            ReadOnlySpan<byte> run = address == 0 ? _copied.Bytes.Slice(start, length) : new ReadOnlySpan<byte>((void*)address, length);
            int count = Math.Min(run.Length - _read, destination.Length - copied);
            run.Slice(_read, count).CopyTo(destination[copied..]);
            copied += count;
            _read += count;
            if (_read == length)
            {
                _run++;
                _read = 0;
            }
        }

        Left -= copied;
        Debug.Assert(Left >= 0, "No more can be read than was added.");
        return copied;
    }

    /// <inheritdoc/>
    public void Dispose() => _copied.Dispose();
}
