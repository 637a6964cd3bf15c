using System.Buffers;
using System.Text.Json;
using Ovms.Native;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>
/// Moves the elements of one element type between the wire's forms and the engine's raw little-endian form. One stateless instance an
/// element type, made from its row of <see cref="ElementTypeTable"/>; chosen once a port at load and once a tensor by the datatype the
/// caller claims. Failures are values: whatever bytes come, the only exceptions are those of the readers for bytes that are not
/// protobuf (<see cref="MalformedProtoException"/>) or not JSON (<see cref="JsonException"/>).
/// </summary>
/// <param name="row">The row.</param>
internal abstract partial class TensorMarshaler(ElementTypeRow row)
{
    /// <summary>The engine's name for the type.</summary>
    public ElementType ElementType => row.ElementType;

    /// <summary>KServe's name, for example FP32 or BYTES; for types KServe does not know, the engine's in capitals.</summary>
    public string Datatype => row.Datatype;

    /// <summary>The name in texts that users of the original know, for example I64 or STRING.</summary>
    public string Precision => row.Precision;

    /// <summary>TensorFlow Serving's name, for example DT_FLOAT; null where it has none.</summary>
    public string? TfsDatatype => row.TfsDatatype;

    /// <summary>Bits of one element; 0 for strings.</summary>
    public int BitWidth => row.Bits;

    /// <summary>Which field of typed contents carries the type.</summary>
    public ContentsField Contents => row.Contents;

    /// <summary>Bytes that <paramref name="count"/> elements take in raw form, rounded up; -1 for strings, whose size the shape does not tell.</summary>
    /// <exception cref="OverflowException">The size has more than 63 bits; <see cref="MaxCount"/> elements never do.</exception>
    public long ByteLength(long count)
    {
        if (row.Bits == 0)
        {
            return -1;
        }

        long units = checked((count * row.Bits) + row.UnitBits - 1) / row.UnitBits;
        return units * (row.UnitBits / 8);
    }

    /// <summary>As many elements have a <see cref="ByteLength"/>, whatever the type; more do not fit in any memory.</summary>
    public static long MaxCount => long.MaxValue / 128;

    /// <summary>
    /// Reads the fields of one <c>InferTensorContents</c> message into raw form.
    /// </summary>
    /// <param name="contents">The submessage's bytes.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">How many values were read.</param>
    /// <returns>A failure for values out of the type's range, values in a field of another type, or a type that has no typed form.</returns>
    /// <exception cref="MalformedProtoException">The bytes are not the message.</exception>
    public abstract Outcome ReadTyped(ref ProtoReader contents, NativeBuffer destination, out long count);

    /// <summary>
    /// Reads one JSON value, a scalar or an array nested to any depth within the reader's limit, into raw form, flattened.
    /// </summary>
    /// <param name="reader">Stands on the value's first token; afterwards on its last.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">How many values were read.</param>
    /// <returns>A failure for elements that are not of the type or out of its range, or a type without a JSON form.</returns>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public abstract Outcome ReadJson(ref Utf8JsonReader reader, NativeBuffer destination, out long count);

    /// <summary>
    /// The short way of <see cref="ReadJson"/>: a tensor of plain numbers, straight from the text. Gives the same elements or none.
    /// </summary>
    /// <param name="text">From the value's first byte on; need not be JSON.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="lengths">Receives the tensor's shape from index 1 on; room for <see cref="PlainArray.MostLevels"/> and one more.</param>
    /// <param name="read">How much was read.</param>
    /// <returns>False where the full reader has to look: other values, other types, ragged arrays, faults.</returns>
    public virtual bool TryReadPlainJson(ReadOnlySpan<byte> text, NativeBuffer destination, scoped Span<long> lengths, out PlainLength read)
    {
        read = default;
        return false;
    }

    /// <summary>Writes all elements as one flat JSON array.</summary>
    /// <returns>A failure where the elements have no JSON form (sub-byte types, strings that are not UTF-8); then nothing is written.</returns>
    public abstract Outcome WriteJson(Tensor source, IBufferWriter<byte> writer);

    /// <summary>Writes some elements of numbers or truth values with commas between them and nothing around them.</summary>
    /// <param name="source">A tensor of this type.</param>
    /// <param name="start">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="writer">Receives the JSON.</param>
    /// <returns>A failure where the elements are of another kind.</returns>
    public virtual Outcome WriteElements(Tensor source, int start, int count, IBufferWriter<byte> writer) =>
        Outcome.Fail(StatusCode.RestUnsupportedPrecision, $"{Datatype} has no JSON form");

    /// <summary>One for each element type.</summary>
    public static IEnumerable<TensorMarshaler> All => Enum.GetValues<ElementType>().Select(For);

    /// <summary>The marshaler of an element type; every type of the engine has one.</summary>
    public static partial TensorMarshaler For(ElementType type);

    /// <summary>The marshaler of a KServe datatype as the caller wrote it; null for an unknown one.</summary>
    public static partial TensorMarshaler? ForDatatype(string datatype);
}

/// <summary>One row of <see cref="ElementTypeTable"/> as the generated code hands it to the marshaler.</summary>
internal sealed record ElementTypeRow(ElementType ElementType, string Datatype, string Precision, string? TfsDatatype, int Bits, int UnitBits, ContentsField Contents);

/// <summary>How much was read of a JSON text.</summary>
/// <param name="Bytes">Of the text.</param>
/// <param name="Count">Elements.</param>
/// <param name="Rank">Dimensions.</param>
internal readonly record struct PlainLength(int Bytes, long Count, int Rank);
