using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>Appends the values of one repeated protobuf field to a buffer: packed, unpacked or in several pieces.</summary>
/// <param name="field">The field's name, for messages.</param>
/// <param name="datatype">The datatype's name on the wire, for messages.</param>
/// <param name="destination">Receives the elements.</param>
internal ref struct PackedValues<TElement, TFormat>(string field, string datatype, NativeBuffer destination)
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
{
    // Values per round: few enough for the stack, enough to make the work between rounds negligible.
    private const int Round = 512;
    private const int LongestVarint = 10;

    /// <summary>Values read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Reads a packed piece.</summary>
    public Outcome Read(ReadOnlySequence<byte> packed) => TFormat.Wire switch
    {
        WireType.Varint => ReadVarints(packed),
        _ when packed.Length % WireSize != 0 =>
            throw new MalformedProtoException($"{field} has {packed.Length} bytes, which is no multiple of {WireSize}"),
        _ when TFormat.PackedIsRaw => Copy(packed),
        _ => ReadFixed(packed),
    };

    /// <summary>Reads an unpacked value, which has its own tag.</summary>
    public Outcome ReadOne(ref ProtoReader contents, WireType type)
    {
        if (type != TFormat.Wire)
        {
            contents.Throw($"{field} has wire type {type} where {TFormat.Wire} belongs");
        }

        ulong bits = type switch
        {
            WireType.Varint => contents.ReadVarint(),
            WireType.Fixed32 => contents.ReadFixed32(),
            _ => contents.ReadFixed64(),
        };
        if (!TFormat.TryFromWire(bits, out TElement value))
        {
            return OutOfRange(bits);
        }

        if (!destination.TryReserve(Unsafe.SizeOf<TElement>()))
        {
            return destination.TooLarge();
        }

        MemoryMarshal.Write(destination.Free, in value);
        Accept(1);
        return Outcome.Ok;
    }

    private static int WireSize => TFormat.Wire == WireType.Fixed32 ? sizeof(uint) : sizeof(ulong);

    private Outcome Copy(ReadOnlySequence<byte> packed)
    {
        if (!destination.TryReserve(packed.Length))
        {
            return destination.TooLarge();
        }

        packed.CopyTo(destination.Free);
        Accept((int)packed.Length / Unsafe.SizeOf<TElement>());
        return Outcome.Ok;
    }

    private Outcome ReadFixed(ReadOnlySequence<byte> packed)
    {
        Debug.Assert(TFormat.Wire == WireType.Fixed32, "FP64 is copied as memory and nothing else is carried in 8 bytes.");
        if (!destination.TryReserve(packed.Length / WireSize * Unsafe.SizeOf<TElement>()))
        {
            return destination.TooLarge();
        }

        Span<uint> round = stackalloc uint[Round];
        while (!packed.IsEmpty)
        {
            int values = (int)Math.Min(Round, packed.Length / sizeof(uint));
            ReadOnlySequence<byte> piece = packed.Slice(0, values * sizeof(uint));
            piece.CopyTo(MemoryMarshal.AsBytes(round));
            packed = packed.Slice(piece.End);
            Span<TElement> room = MemoryMarshal.Cast<byte, TElement>(destination.Free);
            for (int i = 0; i < values; i++)
            {
                if (!TFormat.TryFromWire(round[i], out room[i]))
                {
                    Accept(i);
                    return OutOfRange(round[i]);
                }
            }

            Accept(values);
        }

        return Outcome.Ok;
    }

    private Outcome ReadVarints(ReadOnlySequence<byte> packed)
    {
        SequenceReader<byte> reader = new(packed);
        while (!reader.End)
        {
            ReadOnlySpan<byte> piece = reader.UnreadSpan;
            piece = piece[..Math.Min(piece.Length, Round)];
            if (!destination.TryReserve((long)piece.Length * Unsafe.SizeOf<TElement>()))
            {
                return destination.TooLarge();
            }

            Span<TElement> room = MemoryMarshal.Cast<byte, TElement>(destination.Free);
            int at = 0;
            int values = 0;
            while (TryReadVarint(piece, ref at, out ulong varint))
            {
                if (!TFormat.TryFromWire(varint, out room[values]))
                {
                    Accept(values);
                    return OutOfRange(varint);
                }

                values++;
            }

            Accept(values);
            reader.Advance(at);
            if (at == 0)
            {
                // The next varint spans two buffers or is malformed. ProtoReader handles both, and throws in the second case.
                ProtoReader slow = new(reader.UnreadSequence);
                ulong varint = slow.ReadVarint();
                reader.Advance(slow.Position);
                if (!TFormat.TryFromWire(varint, out room[0]))
                {
                    return OutOfRange(varint);
                }

                Accept(1);
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Reads one varint within <paramref name="piece"/>; false, with nothing consumed, if there is no complete one.</summary>
    private static bool TryReadVarint(ReadOnlySpan<byte> piece, ref int at, out ulong value)
    {
        value = 0;
        ReadOnlySpan<byte> rest = piece[at..];
        if (rest.IsEmpty)
        {
            return false;
        }

        if (rest[0] < 0x80)
        {
            value = rest[0];
            at++;
            return true;
        }

        int most = Math.Min(rest.Length, LongestVarint);
        for (int i = 0; i < most; i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] < 0x80)
            {
                at += i + 1;
                return true;
            }
        }

        return false;
    }

    private void Accept(int values)
    {
        destination.Advance(values * Unsafe.SizeOf<TElement>());
        Count += values;
    }

    private readonly Outcome OutOfRange(ulong bits) => Outcome.Fail(
        StatusCode.InvalidValue,
        $"value {Count} is {TFormat.Describe(bits)}; {datatype} takes {TFormat.Range}");
}
