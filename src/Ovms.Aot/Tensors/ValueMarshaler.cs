using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Ovms.Native;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>Marshaler for elements of fixed size that every form can carry: booleans, integers, floats.</summary>
/// <typeparam name="TElement">One element in raw form.</typeparam>
/// <typeparam name="TFormat">Its other forms.</typeparam>
internal sealed class ValueMarshaler<TElement, TFormat>(ElementTypeRow row) : TensorMarshaler(row)
    where TElement : unmanaged
    where TFormat : struct, IElementFormat<TElement>
{
    private const int WriteChunk = 4096;

    /// <inheritdoc/>
    public override Outcome ReadTyped(ref ProtoReader contents, NativeBuffer destination, out long count)
    {
        PackedValues<TElement, TFormat> values = new(Contents.Name(), Datatype, destination);
        Outcome outcome = Outcome.Ok;
        while (outcome.IsOk && contents.TryReadTag(out int field, out WireType type))
        {
            if (field == (int)Contents)
            {
                outcome = type == WireType.LengthDelimited
                    ? values.Read(contents.ReadLengthDelimited())
                    : values.ReadOne(ref contents, type);
            }
            else
            {
                outcome = ForeignField.Pass(ref contents, field, type, this);
            }
        }

        count = values.Count;
        return outcome;
    }

    /// <inheritdoc/>
    public override Outcome ReadJson(ref Utf8JsonReader reader, NativeBuffer destination, out long count)
    {
        count = 0;
        int depth = 0;
        Span<TElement> room = default;
        int used = 0;
        do
        {
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                depth++;
                continue;
            }

            if (reader.TokenType == JsonTokenType.EndArray)
            {
                depth--;
                continue;
            }

            if (used == room.Length)
            {
                destination.Advance(used * Unsafe.SizeOf<TElement>());
                used = 0;
                if (!destination.TryReserve(Unsafe.SizeOf<TElement>()))
                {
                    return destination.TooLarge();
                }

                room = MemoryMarshal.Cast<byte, TElement>(destination.Free);
            }

            if (!TFormat.TryParse(ref reader, out room[used]))
            {
                string fault = $"value {count} is {JsonToken.Quote(in reader)}; {Datatype} takes {TFormat.Range}";
                return Outcome.Fail(StatusCode.RestCouldNotParseInput, fault);
            }

            used++;
            count++;
        }
        while (depth > 0 && reader.Read());

        destination.Advance(used * Unsafe.SizeOf<TElement>());
        return depth == 0 ? Outcome.Ok : Outcome.Fail(StatusCode.RestCouldNotParseInput, "the array does not end");
    }

    /// <inheritdoc/>
    public override bool TryReadPlainJson(
        ReadOnlySpan<byte> text, NativeBuffer destination, scoped Span<long> lengths, out PlainLength read)
    {
        int start = destination.Length;
        long count = 0;
        PlainArray array = new(text, lengths);
        Span<TElement> room = default;
        int used = 0;
        while (array.TryReadNext(out JsonNumber number) && TFormat.TryConvert(number, out TElement element))
        {
            if (used == room.Length)
            {
                destination.Advance(used * Unsafe.SizeOf<TElement>());
                used = 0;
                if (!destination.TryReserve(Unsafe.SizeOf<TElement>()))
                {
                    break;
                }

                room = MemoryMarshal.Cast<byte, TElement>(destination.Free);
            }

            room[used++] = element;
            count++;
        }

        destination.Advance(used * Unsafe.SizeOf<TElement>());
        if (!array.IsRead)
        {
            destination.Truncate(start);
        }

        read = new PlainLength(array.Length, count, array.Rank);
        return array.IsRead;
    }

    /// <inheritdoc/>
    public override Outcome WriteJson(Tensor source, IBufferWriter<byte> writer)
    {
        writer.Write("["u8);
        Outcome written = WriteElements(source, 0, source.Count, writer);
        writer.Write("]"u8);
        return written;
    }

    /// <inheritdoc/>
    public override Outcome WriteElements(Tensor source, int start, int count, IBufferWriter<byte> writer)
    {
        Debug.Assert(source.ElementType == ElementType, "A marshaler writes tensors of its own type.");
        Write(MemoryMarshal.Cast<byte, TElement>(source.Bytes).Slice(start, count), writer);
        GC.KeepAlive(source);
        return Outcome.Ok;
    }

    private static void Write(ReadOnlySpan<TElement> elements, IBufferWriter<byte> writer)
    {
        // Few elements reserve only little room; each takes one byte more for its comma.
        Span<byte> room = writer.GetSpan((int)Math.Min(WriteChunk, ((long)elements.Length * (TFormat.MaxTextLength + 1)) + 1));
        int used = 0;
        for (int i = 0; i < elements.Length; i++)
        {
            if (room.Length - used <= TFormat.MaxTextLength)
            {
                writer.Advance(used);
                room = writer.GetSpan(WriteChunk);
                used = 0;
            }

            if (i > 0)
            {
                room[used++] = (byte)',';
            }

            used += TFormat.Format(elements[i], room[used..]);
        }

        writer.Advance(used);
    }
}
