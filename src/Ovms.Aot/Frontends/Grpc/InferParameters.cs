using System.Buffers;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// The parameters maps of a request. No parameter means anything to a model over gRPC, as in the original; what is sent must still be
/// what the protocol says.
/// </summary>
internal static class InferParameters
{
    /// <summary>Checks one entry of a map.</summary>
    /// <exception cref="MalformedProtoException">It is not one.</exception>
    public static void Check(ReadOnlySequence<byte> entry)
    {
        ProtoReader reader = new(entry, "a parameter");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            switch (type == WireType.LengthDelimited ? field : 0)
            {
                case 1:
                    reader.ReadText();
                    break;
                case 2:
                    CheckValue(reader.ReadLengthDelimited());
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }
    }

    private static void CheckValue(ReadOnlySequence<byte> value)
    {
        const int StringParam = 3;
        ProtoReader reader = new(value, "a parameter's value");
        while (reader.TryReadTag(out int field, out WireType type))
        {
            if (field == StringParam && type == WireType.LengthDelimited)
            {
                reader.ReadText();
            }
            else
            {
                reader.Skip(type);
            }
        }
    }
}
