using System.Buffers;
using System.Text.Json;
using Ovms.Native;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>
/// Converts elements of one type between the wire forms and OpenVINO's raw little-endian form. There is one stateless instance for each
/// element type, made from its row of <see cref="ElementTypeTable"/>. It is chosen for each port at load, and for each tensor by the
/// datatype that the caller states. Failures are returned. Only bytes that are not protobuf (<see cref="MalformedProtoException"/>) or
/// not JSON (<see cref="JsonException"/>) cause exceptions.
/// </summary>
/// <param name="row">The row.</param>
internal abstract partial class TensorMarshaler(ElementTypeRow row)
{
    /// <summary>OpenVINO's element type.</summary>
    public ElementType ElementType => row.ElementType;

    /// <summary>KServe's name, for example FP32 or BYTES; OpenVINO's name in capitals for types that KServe does not define.</summary>
    public string Datatype => row.Datatype;

    /// <summary>The name in the original server's texts, for example I64 or STRING.</summary>
    public string Precision => row.Precision;

    /// <summary>TensorFlow Serving's name, for example DT_FLOAT; null if it has none.</summary>
    public string? TfsDatatype => row.TfsDatatype;

    /// <summary>Bits of one element; 0 for strings.</summary>
    public int BitWidth => row.Bits;

    /// <summary>The field of typed contents that carries the type.</summary>
    public ContentsField Contents => row.Contents;

    /// <summary>Raw size of <paramref name="count"/> elements in bytes, rounded up; -1 for strings, whose lengths vary.</summary>
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

    /// <summary>Up to this number of elements <see cref="ByteLength"/> cannot overflow for any type; more fit in no memory.</summary>
    public static long MaxCount => long.MaxValue / 128;

    /// <summary>Reads the fields of one <c>InferTensorContents</c> message into raw form.</summary>
    /// <param name="contents">The submessage's bytes.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">Number of values read.</param>
    /// <returns>A failure for values out of the type's range or in another type's field, or if the type has no typed form.</returns>
    /// <exception cref="MalformedProtoException">The bytes are not the message.</exception>
    public abstract Outcome ReadTyped(ref ProtoReader contents, NativeBuffer destination, out long count);

    /// <summary>Reads one JSON value into raw form, flattened: a scalar, or an array nested within the reader's limit.</summary>
    /// <param name="reader">Positioned on the value's first token; afterwards on its last.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">Number of values read.</param>
    /// <returns>A failure for elements that are not of the type or out of its range, or a type without a JSON form.</returns>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public abstract Outcome ReadJson(ref Utf8JsonReader reader, NativeBuffer destination, out long count);

    /// <summary>
    /// Fast path of <see cref="ReadJson"/>: reads a tensor of plain numbers directly from the text. It reads the same elements or none.
    /// </summary>
    /// <param name="text">From the value's first byte on; may be invalid JSON.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="lengths">Receives the tensor's shape from index 1 on; needs room for <see cref="PlainArray.MostLevels"/> + 1.</param>
    /// <param name="read">How much was read.</param>
    /// <returns>False if the full reader is needed: other values, other types, ragged arrays, faults.</returns>
    public virtual bool TryReadPlainJson(
        ReadOnlySpan<byte> text, NativeBuffer destination, scoped Span<long> lengths, out PlainLength read)
    {
        read = default;
        return false;
    }

    /// <summary>Writes all elements as one flat JSON array.</summary>
    /// <returns>A failure if the elements have no JSON form (sub-byte types, strings not in UTF-8); then nothing is written.</returns>
    public abstract Outcome WriteJson(Tensor source, IBufferWriter<byte> writer);

    /// <summary>Writes some elements, numbers or booleans, separated by commas without brackets.</summary>
    /// <param name="source">A tensor of this type.</param>
    /// <param name="start">Index of the first element.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="writer">Receives the JSON.</param>
    /// <returns>A failure if the elements are of another kind.</returns>
    public virtual Outcome WriteElements(Tensor source, int start, int count, IBufferWriter<byte> writer) =>
        Outcome.Fail(StatusCode.RestUnsupportedPrecision, $"{Datatype} has no JSON form");

    /// <summary>One marshaler for each element type.</summary>
    public static IEnumerable<TensorMarshaler> All => Enum.GetValues<ElementType>().Select(For);

    /// <summary>The marshaler of an element type; every type has one.</summary>
    public static partial TensorMarshaler For(ElementType type);

    /// <summary>The marshaler of a KServe datatype as the caller wrote it; null if it is unknown.</summary>
    public static partial TensorMarshaler? ForDatatype(string datatype);
}

/// <summary>One row of <see cref="ElementTypeTable"/>, as the generated code passes it to the marshaler.</summary>
internal sealed record ElementTypeRow(
    ElementType ElementType, string Datatype, string Precision, string? TfsDatatype, int Bits, int UnitBits, ContentsField Contents);

/// <summary>How much of a JSON text was read.</summary>
/// <param name="Bytes">Bytes of the text.</param>
/// <param name="Count">Elements.</param>
/// <param name="Rank">Dimensions.</param>
internal readonly record struct PlainLength(int Bytes, long Count, int Rank);
