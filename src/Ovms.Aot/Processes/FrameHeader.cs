using System.Buffers.Binary;

namespace Ovms.Processes;

/// <summary>
/// The 24 bytes before each frame of a channel, little-endian: kind, bytes of the head, number of the call, bytes of the data. The head and
/// the data follow.
/// </summary>
/// <param name="Kind">What the frame is; the users of a channel agree on it.</param>
/// <param name="HeadBytes">Bytes of the head, which is read as a whole: at most <see cref="MostHead"/>.</param>
/// <param name="Call">The call that it belongs to; 0 = none.</param>
/// <param name="DataBytes">Bytes of the data, which go straight to where they are used: at most <see cref="MostData"/>.</param>
internal readonly record struct FrameHeader(uint Kind, uint HeadBytes, ulong Call, ulong DataBytes)
{
    /// <summary>Size of a header.</summary>
    public const int Size = 24;

    /// <summary>The most bytes of a head.</summary>
    public const uint MostHead = 1 << 20;

    /// <summary>The most bytes of data.</summary>
    public const ulong MostData = 4UL << 30;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <exception cref="InvalidDataException">The frame is larger than frames may be.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes)
    {
        FrameHeader header = new(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
        return header.HeadBytes <= MostHead && header.DataBytes <= MostData
            ? header
            : throw new InvalidDataException(
                $"a frame has {header.HeadBytes} + {header.DataBytes} bytes; at most {MostHead} + {MostData} may be");
    }

    /// <summary>Writes it.</summary>
    /// <param name="into">Room for <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> into)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(into, Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], HeadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], Call);
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], DataBytes);
    }
}
