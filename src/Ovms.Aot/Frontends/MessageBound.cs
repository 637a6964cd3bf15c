using Ovms.Inference.Bytes;
using Ovms.Serving.Signatures;

namespace Ovms.Frontends;

/// <summary>
/// The most bytes that a request to a model may have, in the longest encoding of its numbers. Only compressed messages are checked against
/// it: any other caller has to send every byte.
/// </summary>
internal static class MessageBound
{
    /// <summary>Bytes for names, shapes, parameters, and whitespace around them.</summary>
    public const long Rest = 1 << 20;

    // The varint of a negative number.
    private const int ProtobufElement = 10;

    // Digits, sign and exponent of a 64-bit number, with a line of its own and indentation.
    private const int JsonElement = 64;

    /// <summary>The most bytes of a protobuf message; null where an input may have any length.</summary>
    public static long? Protobuf(Signature signature) => Sum(signature, ProtobufElement);

    /// <summary>The most bytes of JSON, with or without binary data after it; null where an input may have any length.</summary>
    public static long? Json(Signature signature) => Sum(signature, JsonElement);

    private static long? Sum(Signature signature, int bytesPerElement)
    {
        long sum = Rest;
        foreach (TensorInfo input in signature.Inputs)
        {
            // Strings, images and shapes left to calls may have any length.
            if (input.FixedLength == 0 || input.Marshaler.BitWidth == 0 || BytesInput.TakesBytes(input))
            {
                return null;
            }

            long elements = input.FixedLength / Math.Max(input.Marshaler.BitWidth / 8, 1) * (input.Marshaler.BitWidth < 8 ? 8 : 1);
            if (elements > (long.MaxValue - sum) / (bytesPerElement + sizeof(double)))
            {
                return null;
            }

            sum += elements * (bytesPerElement + sizeof(double));
        }

        return sum;
    }
}
