using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Ovms.Wire;

/// <summary>The protobuf wire types.</summary>
internal enum WireType
{
    /// <summary>bool, int32, int64, uint32, uint64.</summary>
    Varint = 0,

    /// <summary>fixed64, double.</summary>
    Fixed64 = 1,

    /// <summary>string, bytes, messages, packed numbers.</summary>
    LengthDelimited = 2,

    /// <summary>The begin of a group, which proto3 no longer has.</summary>
    StartGroup = 3,

    /// <summary>Its end.</summary>
    EndGroup = 4,

    /// <summary>fixed32, float.</summary>
    Fixed32 = 5,
}

/// <summary>
/// Reads protobuf fields in place, in the transport's buffers. It copies nothing: nested messages and bytes are returned as slices.
/// Valid as long as the sequence is.
/// </summary>
/// <param name="message">The bytes of one message, without a length prefix.</param>
/// <param name="part">What is being read, for error messages, for example "an input".</param>
internal ref struct ProtoReader(ReadOnlySequence<byte> message, string part = "the message")
{
    /// <summary>Limit of texts in bytes. They are names, versions and ids; longer ones are rejected before memory is allocated.</summary>
    public const int MaxTextLength = 64 * 1024;

    private const int MaxVarintBytes = 10;

    // As deep as protobuf's own readers go.
    private const int MostGroups = 100;

    private SequenceReader<byte> _reader = new(message);

    /// <summary>Whether all bytes were read.</summary>
    public readonly bool End => _reader.End;

    /// <summary>Bytes read so far, for error messages.</summary>
    public readonly long Position => _reader.Consumed;

    /// <summary>
    /// Reads a field's tag. Groups are skipped: proto3 has none, and its readers skip those that other versions wrote.
    /// </summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="MalformedProtoException">The tag is invalid, or a group does not end.</exception>
    public bool TryReadTag(out int field, out WireType type)
    {
        while (!_reader.End)
        {
            (field, type) = ReadAnyTag();
            if (type == WireType.StartGroup)
            {
                SkipGroup(field, MostGroups);
                continue;
            }

            if (type == WireType.EndGroup)
            {
                Throw($"group {field} ends and did not begin");
            }

            return true;
        }

        field = 0;
        type = default;
        return false;
    }

    /// <summary>Reads a varint. Bits above 64 are dropped, as in every protobuf reader.</summary>
    public ulong ReadVarint()
    {
        ReadOnlySpan<byte> span = _reader.UnreadSpan;
        if (!span.IsEmpty && span[0] < 0x80)
        {
            _reader.Advance(1);
            return span[0];
        }

        ulong value = 0;
        for (int i = 0; i < MaxVarintBytes; i++)
        {
            if (!_reader.TryRead(out byte next))
            {
                Throw("it ends inside a number");
            }

            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return value;
            }
        }

        Throw($"a number has more than {MaxVarintBytes} bytes");
        return 0;
    }

    /// <summary>Reads 4 bytes, little-endian.</summary>
    public uint ReadFixed32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Reads 8 bytes, little-endian.</summary>
    public ulong ReadFixed64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Reads a length and returns that many bytes as a slice.</summary>
    public ReadOnlySequence<byte> ReadLengthDelimited()
    {
        ulong length = ReadVarint();
        if (length > (ulong)_reader.Remaining)
        {
            Throw($"a field claims {length} bytes where {_reader.Remaining} are left");
        }

        ReadOnlySequence<byte> slice = _reader.Sequence.Slice(_reader.Position, (long)length);
        _reader.Advance((long)length);
        return slice;
    }

    /// <summary>Reads a length and that many bytes of UTF-8.</summary>
    public string ReadText()
    {
        ReadOnlySequence<byte> bytes = ReadLengthDelimited();
        if (bytes.Length > MaxTextLength)
        {
            Throw($"a text has {bytes.Length} bytes where {MaxTextLength} are taken");
        }

        return bytes.IsSingleSegment ? Decode(bytes.FirstSpan) : DecodeSegments(bytes);
    }

    /// <summary>Skips a text that is not needed. It must still be UTF-8, as protobuf requires of every string.</summary>
    public void PassText()
    {
        ReadOnlySequence<byte> bytes = ReadLengthDelimited();
        if (bytes.IsSingleSegment ? !Utf8.IsValid(bytes.FirstSpan) : !Utf8.IsValid(bytes.ToArray()))
        {
            ThrowNotUtf8();
        }
    }

    /// <summary>As <see cref="ReadText"/>, for texts that recur: they come from <see cref="KnownTexts"/>.</summary>
    public string ReadKnownText()
    {
        SequenceReader<byte> start = _reader;
        ReadOnlySequence<byte> bytes = ReadLengthDelimited();
        if (bytes.IsSingleSegment && KnownTexts.Find(bytes.FirstSpan) is { } known)
        {
            return known;
        }

        _reader = start;
        return ReadText();
    }

    /// <summary>Skips an unknown field.</summary>
    public void Skip(WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                ReadFixed64();
                break;
            case WireType.Fixed32:
                ReadFixed32();
                break;
            default:
                ReadLengthDelimited();
                break;
        }
    }

    private (int Field, WireType Type) ReadAnyTag()
    {
        ulong tag = ReadVarint();
        if (tag > uint.MaxValue || tag >> 3 == 0 || (tag & 7) > (ulong)WireType.Fixed32)
        {
            Throw($"{tag} is not the tag of a protobuf field");
        }

        return ((int)(tag >> 3), (WireType)(tag & 7));
    }

    private void SkipGroup(int group, int depth)
    {
        if (depth == 0)
        {
            Throw($"groups lie more than {MostGroups} deep");
        }

        while (!_reader.End)
        {
            (int field, WireType type) = ReadAnyTag();
            if (type == WireType.EndGroup && field == group)
            {
                return;
            }

            switch (type)
            {
                case WireType.StartGroup:
                    SkipGroup(field, depth - 1);
                    break;
                case WireType.EndGroup:
                    Throw($"group {field} ends within group {group}");
                    break;
                default:
                    Skip(type);
                    break;
            }
        }

        Throw($"group {group} does not end");
    }

    /// <summary>Rejects the message if a repeated field has too many entries.</summary>
    /// <param name="count">The number of entries so far.</param>
    /// <param name="most">The largest number accepted.</param>
    /// <param name="what">What the entries are, in the plural.</param>
    public readonly void Limit(int count, int most, string what)
    {
        if (count > most)
        {
            Throw($"more than {most} {what}");
        }
    }

    /// <summary>Rejects the message.</summary>
    /// <param name="what">What is wrong, as the end of "Malformed protobuf: ".</param>
    [DoesNotReturn]
    public readonly void Throw(string what) => throw new MalformedProtoException($"{what} (at byte {_reader.Consumed} of {part})");

    private readonly string DecodeSegments(ReadOnlySequence<byte> bytes)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent((int)bytes.Length);
        try
        {
            bytes.CopyTo(rented);
            return Decode(rented.AsSpan(0, (int)bytes.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private readonly string Decode(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            ThrowNotUtf8();
        }

        return Encoding.UTF8.GetString(bytes);
    }

    [DoesNotReturn]
    private readonly void ThrowNotUtf8() => Throw("a text is not UTF-8");

    private void ReadExactly(scoped Span<byte> destination)
    {
        if (!_reader.TryCopyTo(destination))
        {
            Throw($"it ends {destination.Length - _reader.Remaining} bytes too early");
        }

        _reader.Advance(destination.Length);
    }
}

/// <summary>The bytes are not a protobuf message, which is the caller's fault. The front end that reads the message catches it.</summary>
internal sealed class MalformedProtoException(string what) : FormatException($"Malformed protobuf: {what}");
