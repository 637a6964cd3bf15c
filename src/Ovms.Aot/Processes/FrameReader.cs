namespace Ovms.Processes;

/// <summary>Reads frames from a channel. For one thread; reading blocks it.</summary>
/// <param name="stream">The channel.</param>
internal sealed class FrameReader(Stream stream)
{
    private const int Piece = 1 << 30;
    private ulong _dataLeft;

    /// <summary>Data of the current frame that was not read yet.</summary>
    public ulong DataLeft => _dataLeft;

    /// <summary>Reads the next header and head, after what is left of the frame before.</summary>
    /// <returns>False if the channel has ended.</returns>
    /// <exception cref="InvalidDataException">The other end breaks the rules of frames.</exception>
    /// <exception cref="IOException">The channel failed, or ended within a frame.</exception>
    public bool TryRead(out FrameHeader header, out byte[] head)
    {
        Skip();
        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count == 0)
        {
            (header, head) = (default, []);
            return false;
        }

        header = count == bytes.Length ? FrameHeader.Read(bytes) : throw new EndOfStreamException("the channel ended within a frame");
        head = new byte[header.HeadBytes];
        stream.ReadExactly(head);
        _dataLeft = header.DataBytes;
        return true;
    }

    /// <summary>Reads data of the current frame.</summary>
    /// <param name="address">Where it goes.</param>
    /// <param name="bytes">How much.</param>
    /// <exception cref="InvalidDataException">The frame has less.</exception>
    /// <exception cref="IOException">The channel failed, or ended within the frame.</exception>
    public unsafe void Fill(nint address, long bytes)
    {
        if ((ulong)bytes > _dataLeft)
        {
            throw new InvalidDataException($"a frame has {_dataLeft} bytes of data left; {bytes} are needed");
        }

        for (long at = 0; at < bytes; at += Piece)
        {
            int piece = (int)Math.Min(Piece, bytes - at);
            stream.ReadExactly(new Span<byte>((byte*)address + at, piece));
            _dataLeft -= (ulong)piece;
        }
    }

    private void Skip()
    {
        Span<byte> nowhere = stackalloc byte[4096];
        while (_dataLeft > 0)
        {
            int piece = (int)Math.Min((ulong)nowhere.Length, _dataLeft);
            stream.ReadExactly(nowhere[..piece]);
            _dataLeft -= (ulong)piece;
        }
    }
}
