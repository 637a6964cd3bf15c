using System.Buffers.Binary;

namespace Ovms.Bench;

/// <summary>Reads the payloads of HTTP/2 frames (RFC 9113). What is shorter than its form is null or false.</summary>
internal static class FramePayload
{
    private const byte Padded = 8, Priority = 32;
    private const int PriorityLength = 5;

    /// <summary>The increment in a WINDOW_UPDATE frame.</summary>
    public static int? Increment(ReadOnlySpan<byte> payload) =>
        payload.Length < 4 ? null : BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue;

    /// <summary>The error code at an offset: 0 in RST_STREAM, 4 in GOAWAY.</summary>
    public static uint? ErrorCode(ReadOnlySpan<byte> payload, int at) =>
        payload.Length < at + 4 ? null : BinaryPrimitives.ReadUInt32BigEndian(payload[at..]);

    /// <summary>Takes the header block out of a HEADERS frame: without padding and priority.</summary>
    public static bool TryReadBlock(byte flags, ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> block)
    {
        bool isPadded = (flags & Padded) != 0;
        int start = (isPadded ? 1 : 0) + ((flags & Priority) != 0 ? PriorityLength : 0);
        int end = payload.Length - (isPadded && !payload.IsEmpty ? payload[0] : 0);
        block = start <= end ? payload[start..end] : default;
        return start <= end;
    }
}
