using Ovms.Inference.Bytes;
using Ovms.Serving.Signatures;

namespace Ovms.Frontends;

/// <summary>
/// How many bytes a request to a model may have at most, in the most wasteful form that its numbers can be written in. Only a message that
/// comes packed is held to it: the bytes of any other have been sent one by one.
/// </summary>
internal static class MessageBound
{
    /// <summary>For names, shapes, parameters, and blanks around them.</summary>
    public const long Rest = 1 << 20;

    // The varint of a negative number.
    private const int ProtobufElement = 10;

    // Digits, sign and exponent of a number of 64 bits, with a line of its own and the blanks before it.
    private const int JsonElement = 64;

    /// <summary>Of a protobuf message; null where an input takes any length.</summary>
    public static long? Protobuf(Signature signature) => Sum(signature, ProtobufElement);

    /// <summary>Of JSON, with bytes after it or without; null where an input takes any length.</summary>
    public static long? Json(Signature signature) => Sum(signature, JsonElement);

    private static long? Sum(Signature signature, int bytesPerElement)
    {
        long sum = Rest;
        foreach (TensorInfo input in signature.Inputs)
        {
            // Strings, images and shapes left to calls have any length.
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
