using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Ovms.Graphs.Interpreters;

/// <summary>Writes a frame: room for its header, then the parts of its head. Reused from frame to frame; not thread-safe.</summary>
internal sealed class HeadWriter
{
    /// <summary>Bytes of a frame's header: kind, bytes of head, bytes of data.</summary>
    public const int HeaderSize = 16;

    private readonly ArrayBufferWriter<byte> _frame = new(512);

    /// <summary>Begins a frame.</summary>
    public HeadWriter Begin()
    {
        _frame.ResetWrittenCount();
        _frame.GetSpan(HeaderSize)[..HeaderSize].Clear();
        _frame.Advance(HeaderSize);
        return this;
    }

    /// <summary>Writes a number.</summary>
    public HeadWriter Number(uint number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_frame.GetSpan(sizeof(uint)), number);
        _frame.Advance(sizeof(uint));
        return this;
    }

    /// <summary>Writes a number of 64 bits.</summary>
    public HeadWriter Long(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_frame.GetSpan(sizeof(long)), number);
        _frame.Advance(sizeof(long));
        return this;
    }

    /// <summary>Writes a text.</summary>
    public HeadWriter Text(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        Number((uint)length);
        Encoding.UTF8.GetBytes(text, _frame.GetSpan(length));
        _frame.Advance(length);
        return this;
    }

    /// <summary>Writes texts with their number.</summary>
    public HeadWriter Texts(IReadOnlyCollection<string> texts)
    {
        Number((uint)texts.Count);
        foreach (string text in texts)
        {
            Text(text);
        }

        return this;
    }

    /// <summary>Writes dimensions with their number.</summary>
    public HeadWriter Dims(ReadOnlySpan<long> dims)
    {
        Number((uint)dims.Length);
        foreach (long dim in dims)
        {
            Long(dim);
        }

        return this;
    }

    /// <summary>Writes what is said of a tensor beside its bytes.</summary>
    public HeadWriter Tensor(SentTensor tensor) => Text(tensor.Name).Text(tensor.Datatype).Dims(tensor.Shape)
        .Text(tensor.Buffer?.Format ?? "").Dims(tensor.Buffer?.Shape ?? []).Long(tensor.Length);

    /// <summary>Completes the frame.</summary>
    /// <param name="kind">What it says.</param>
    /// <param name="dataBytes">Bytes that follow it.</param>
    /// <returns>Header and head; valid until the next <see cref="Begin"/>.</returns>
    public ReadOnlySpan<byte> End(FrameKind kind, long dataBytes = 0)
    {
        Span<byte> header = MemoryMarshal.AsMemory(_frame.WrittenMemory).Span;
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)(_frame.WrittenCount - HeaderSize));
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], dataBytes);
        return header;
    }
}
