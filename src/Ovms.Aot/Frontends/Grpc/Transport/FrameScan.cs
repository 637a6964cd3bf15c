using System.Buffers.Binary;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Parses HTTP/2 frames in one direction of a connection, in pieces of any size, and counts streams that begin or are reset. It reads the
/// nine-byte frame headers and the error code of a reset.
/// </summary>
/// <param name="isFromCaller">The direction: bytes from the caller begin with a preface.</param>
internal struct FrameScan(bool isFromCaller)
{
    private const int HeadLength = 9;
    private const int PrefaceLength = 24;
    private const int CodeLength = 4;
    private const byte Headers = 1;
    private const byte Reset = 3;

    // Error codes that a server sends only for a caller's fault: PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR. With
    // other codes it ends streams that it rejected or cut off itself.
    private const uint CallersFaults = (1u << 1) | (1u << 3) | (1u << 5) | (1u << 6);

    private uint _head;
    private int _headCame;
    private long _skip = isFromCaller ? PrefaceLength : 0;
    private int _codeLeft;
    private uint _code;

    /// <summary>Streams that began; the reader of this count sets it back to 0.</summary>
    public int Streams;

    /// <summary>Streams that the caller reset, or made the server reset; the reader of this count sets it back to 0.</summary>
    public int Resets;

    /// <summary>Parses the next bytes.</summary>
    /// <param name="bytes">The bytes after those parsed before.</param>
    /// <param name="mostStreams">Stops after this many streams.</param>
    /// <returns>How many bytes were parsed.</returns>
    public int Take(ReadOnlySpan<byte> bytes, int mostStreams = int.MaxValue)
    {
        int length = bytes.Length;
        while (!bytes.IsEmpty && Streams < mostStreams)
        {
            if (_codeLeft > 0)
            {
                _code = (_code << 8) | bytes[0];
                bytes = bytes[1..];
                if (--_codeLeft == 0)
                {
                    Resets += isFromCaller || (_code < 32 && (CallersFaults >> (int)_code & 1) != 0) ? 1 : 0;
                }
            }
            else if (_skip > 0)
            {
                int skipped = (int)Math.Min(_skip, bytes.Length);
                _skip -= skipped;
                bytes = bytes[skipped..];
            }
            else if (_headCame == 0 && bytes.Length >= HeadLength)
            {
                // The first four bytes hold length and type; flags and stream id do not matter.
                Begin(BinaryPrimitives.ReadUInt32BigEndian(bytes));
                bytes = bytes[HeadLength..];
            }
            else
            {
                _head = _headCame < sizeof(uint) ? (_head << 8) | bytes[0] : _head;
                bytes = bytes[1..];
                if (++_headCame == HeadLength)
                {
                    Begin(_head);
                    _headCame = 0;
                }
            }
        }

        return length - bytes.Length;
    }

    private void Begin(uint lengthAndType)
    {
        uint length = lengthAndType >> 8;
        byte type = (byte)lengthAndType;
        if (type == Headers)
        {
            Streams++;
        }

        _codeLeft = type == Reset ? (int)Math.Min(length, CodeLength) : 0;
        _code = 0;
        _skip = length - _codeLeft;
    }
}
