namespace Ovms.Processes;

/// <summary>Writes frames into a channel, one after the other, for any number of threads.</summary>
/// <param name="stream">The channel.</param>
internal sealed class FrameWriter(Stream stream)
{
    private const int Piece = 1 << 30;
    private readonly Lock _gate = new();

    /// <summary>Writes a frame. Blocks while the other end does not read.</summary>
    /// <param name="kind">What the frame is.</param>
    /// <param name="call">The call that it belongs to; 0 = none.</param>
    /// <param name="head">Its head.</param>
    /// <param name="data">Its data, which is written from where it is.</param>
    /// <exception cref="InvalidDataException">It is larger than frames may be; nothing was written.</exception>
    /// <exception cref="IOException">The other end has ended.</exception>
    public unsafe void Write(uint kind, ulong call, ReadOnlySpan<byte> head, ReadOnlySpan<FramePart> data)
    {
        ulong bytes = 0;
        foreach (FramePart part in data)
        {
            bytes += (ulong)part.Bytes;
        }

        byte[] start = new byte[FrameHeader.Size + head.Length];
        new FrameHeader(kind, (uint)head.Length, call, bytes).Write(start);
        FrameHeader.Read(start);
        head.CopyTo(start.AsSpan(FrameHeader.Size));
        lock (_gate)
        {
            stream.Write(start);
            foreach (FramePart part in data)
            {
                for (long at = 0; at < part.Bytes; at += Piece)
                {
                    stream.Write(new ReadOnlySpan<byte>((byte*)part.Address + at, (int)Math.Min(Piece, part.Bytes - at)));
                }
            }

            stream.Flush();
        }
    }
}
