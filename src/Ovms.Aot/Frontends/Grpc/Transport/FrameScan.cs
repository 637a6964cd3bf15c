using System.Buffers.Binary;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Follows the frames of HTTP/2 in one direction of a connection, byte by byte as they come, and counts streams that begin and streams
/// that are reset. It looks at the nine bytes before each frame and, for a reset, at its reason.
/// </summary>
/// <param name="isFromCaller">The direction: what callers send begins with a preface.</param>
internal struct FrameScan(bool isFromCaller)
{
    private const int HeadLength = 9;
    private const int PrefaceLength = 24;
    private const int CodeLength = 4;
    private const byte Headers = 1;
    private const byte Reset = 3;

    // Reasons that a server gives only for a caller's fault: PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED, FRAME_SIZE_ERROR. With
    // others it ends what it refused or cut off itself.
    private const uint CallersFaults = (1u << 1) | (1u << 3) | (1u << 5) | (1u << 6);

    private uint _head;
    private int _headCame;
    private long _skip = isFromCaller ? PrefaceLength : 0;
    private int _codeLeft;
    private uint _code;

    /// <summary>Streams that began; set to 0 by who has taken it into account.</summary>
    public int Streams;

    /// <summary>Streams that the caller reset, or made the server reset; set to 0 by who has taken it into account.</summary>
    public int Resets;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">What follows those taken before.</param>
    /// <param name="mostStreams">Takes no further stream than so many.</param>
    /// <returns>How many bytes were taken.</returns>
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
                // Length and type, then flags and stream: what matters lies in the first four.
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
