using System.Text.Json;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Json;

/// <summary>Reads tensors of plain numbers past the tokenizer.</summary>
internal static class PlainTensor
{
    /// <summary>Appends a tensor's elements where they are plain numbers.</summary>
    /// <param name="reader">Stands on the value's first token; afterwards on its last, or where it stood.</param>
    /// <param name="text">The JSON text from that token on.</param>
    /// <param name="marshaler">The elements' type.</param>
    /// <param name="destination">Receives the elements.</param>
    /// <param name="lengths">Receives the shape, from index 1 on.</param>
    /// <param name="read">How much was read: the reader counts its positions from the last byte of that.</param>
    /// <returns>False where the full reader has to look; nothing was appended then.</returns>
    public static bool TryRead(ref Utf8JsonReader reader, ReadOnlySpan<byte> text, TensorMarshaler marshaler, NativeBuffer destination, scoped Span<long> lengths, out PlainLength read)
    {
        read = default;
        if (reader.TokenType != JsonTokenType.StartArray || !marshaler.TryReadPlainJson(text, destination, lengths, out read))
        {
            return false;
        }

        // The tokenizer, which stands behind the opening bracket, goes on with the closing one.
        reader = new Utf8JsonReader(text[(read.Bytes - 1)..], isFinalBlock: true, reader.CurrentState);
        reader.Read();
        return true;
    }
}
