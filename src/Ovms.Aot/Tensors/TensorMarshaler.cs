using System.Buffers;
using System.Text.Json;
using Ovms.Native;
using Ovms.Status;
using Ovms.Wire;

namespace Ovms.Tensors;

/// <summary>
/// Moves the elements of one element type between the wire's forms and the engine's raw little-endian form. One stateless instance an
/// element type; chosen once a port at load and once a tensor by the datatype the caller claims.
/// </summary>
internal abstract partial class TensorMarshaler
{
    /// <summary>The engine's name for the type.</summary>
    public abstract ElementType ElementType { get; }

    /// <summary>KServe's name, for example FP32 or BYTES.</summary>
    public abstract string Datatype { get; }

    /// <summary>The name in texts that users of the original know, for example I64 or STRING.</summary>
    public abstract string Precision { get; }

    /// <summary>Bits of one element; 0 for strings.</summary>
    public abstract int BitWidth { get; }

    /// <summary>Bytes that <paramref name="count"/> elements take in raw form, rounded up; -1 for strings, whose size the shape does not tell.</summary>
    public long ByteLength(long count) => BitWidth == 0 ? -1 : checked((count * BitWidth + 7) / 8);

    /// <summary>
    /// Reads the fields of one <c>InferTensorContents</c> message into raw form.
    /// </summary>
    /// <param name="contents">The submessage's bytes.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">How many values were read.</param>
    /// <returns>A failure for malformed bytes, values out of the type's range, values in a field of another type, or a type that has no typed form.</returns>
    public abstract Outcome ReadTyped(ref ProtoReader contents, NativeBuffer destination, out long count);

    /// <summary>
    /// Reads one JSON value, a scalar or an array nested to any depth within the reader's limit, into raw form, flattened.
    /// </summary>
    /// <param name="reader">Stands on the value's first token; afterwards on its last.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="count">How many values were read.</param>
    /// <returns>A failure for elements that are not of the type or out of its range, or a type without a JSON form.</returns>
    public abstract Outcome ReadJson(ref Utf8JsonReader reader, NativeBuffer destination, out long count);

    /// <summary>Writes all elements as one flat JSON array.</summary>
    /// <returns>A failure where the elements have no JSON form (sub-byte types, strings that are not UTF-8).</returns>
    public abstract Outcome WriteJson(Tensor source, IBufferWriter<byte> writer);

    /// <summary>The marshaler of an element type; every type of the engine has one.</summary>
    public static partial TensorMarshaler For(ElementType type);

    /// <summary>The marshaler of a KServe datatype as the caller wrote it; null for an unknown one.</summary>
    public static partial TensorMarshaler? ForDatatype(string datatype);
}
