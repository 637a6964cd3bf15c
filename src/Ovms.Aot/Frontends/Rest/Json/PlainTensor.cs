using System.Text.Json;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Json;

/// <summary>Parses tensors of plain numbers without the tokenizer.</summary>
internal static class PlainTensor
{
    /// <summary>Appends a tensor's elements if all are plain numbers.</summary>
    /// <param name="reader">Positioned on the value's first token; afterwards on its last, or unchanged.</param>
    /// <param name="text">The JSON text, starting at that token.</param>
    /// <param name="marshaler">The elements' type.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="lengths">Receives the shape, from index 1 on.</param>
    /// <param name="read">How much was parsed; afterwards the reader's positions count from the last of these bytes.</param>
    /// <returns>False if the tokenizer has to parse the tensor; nothing was appended then.</returns>
    public static bool TryRead(
        ref Utf8JsonReader reader,
        ReadOnlySpan<byte> text,
        TensorMarshaler marshaler,
        NativeBuffer destination,
        scoped Span<long> lengths,
        out PlainLength read)
    {
        read = default;
        if (reader.TokenType != JsonTokenType.StartArray || !marshaler.TryReadPlainJson(text, destination, lengths, out read))
        {
            return false;
        }

        // The tokenizer has read the opening bracket; continue it at the closing one.
        reader = new Utf8JsonReader(text[(read.Bytes - 1)..], isFinalBlock: true, reader.CurrentState);
        reader.Read();
        return true;
    }
}
