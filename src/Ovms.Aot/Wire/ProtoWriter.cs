using System.Buffers;
using System.Text;

namespace Ovms.Wire;

/// <summary>Writes protobuf fields directly into a transport's buffer. <see cref="ProtoSize"/> gives the lengths in advance.</summary>
internal readonly ref struct ProtoWriter(IBufferWriter<byte> output)
{
    private const int MaxVarintBytes = 10;

    /// <summary>Writes tag and length of a field whose bytes follow.</summary>
    public void WriteHeader(int field, long length)
    {
        WriteVarint(((ulong)field << 3) | (int)WireType.LengthDelimited);
        WriteVarint((ulong)length);
    }

    /// <summary>Writes a text field; omits an empty one.</summary>
    public void WriteText(int field, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        int length = Encoding.UTF8.GetByteCount(text);
        WriteHeader(field, length);
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(length)));
    }

    /// <summary>Writes a field with one number; omits 0, as proto3 does.</summary>
    public void WriteNumber(int field, long value)
    {
        if (value == 0)
        {
            return;
        }

        WriteVarint(((ulong)field << 3) | (int)WireType.Varint);
        WriteVarint((ulong)value);
    }

    /// <summary>Writes a packed field; omits an empty one.</summary>
    public void WritePacked(int field, ReadOnlySpan<long> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        WriteHeader(field, ProtoSize.Packed(values));
        foreach (long value in values)
        {
            WriteVarint((ulong)value);
        }
    }

    /// <summary>Writes a varint without a tag.</summary>
    public void WriteVarint(ulong value)
    {
        Span<byte> destination = output.GetSpan(MaxVarintBytes);
        int length = 0;
        while (value >= 0x80)
        {
            destination[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[length++] = (byte)value;
        output.Advance(length);
    }
}
