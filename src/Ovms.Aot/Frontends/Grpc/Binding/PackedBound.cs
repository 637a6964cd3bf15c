using System.Buffers;
using System.Globalization;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// How long a packed message may become: a kilobyte of it may be a megabyte of zeros, which a model of ten numbers cannot take. Serializers
/// write fields in the order of their numbers, so the model's name comes first; where it does not, the message may be as long as one to the
/// model that takes the longest.
/// </summary>
internal sealed class PackedBound(ServableRegistry registry)
{
    /// <summary>The bound of a message of which some bytes are unpacked.</summary>
    /// <param name="api">The message's form.</param>
    /// <param name="begin">Its first bytes.</param>
    /// <returns>Its bound in bytes, null for none; or that what it names is not served.</returns>
    public Outcome<long?> Find(InferApi api, NativeBuffer begin)
    {
        if (api.Peek(begin) is not { } model)
        {
            return Longest(registry.Current);
        }

        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(model.Name, model.Version);
        return found.IsOk ? MessageBound.Protobuf(found.Value.Version.Servable!.Accepted) : found.WithoutValue;
    }

    /// <summary>Of a ModelInferRequest: name and version are its first fields.</summary>
    public static (string Name, string Version)? PeekModelInfer(NativeBuffer begin) => Peek(begin, static bytes =>
    {
        ProtoReader reader = new(bytes, "the request");
        if (!reader.TryReadTag(out int field, out WireType type) || (field, type) != (1, WireType.LengthDelimited))
        {
            return null;
        }

        string name = reader.ReadKnownText();
        return (name, reader.TryReadTag(out field, out type) && (field, type) == (2, WireType.LengthDelimited) ? reader.ReadKnownText() : "");
    });

    /// <summary>Of a PredictRequest: model_spec is its first field, and in it the name.</summary>
    public static (string Name, string Version)? PeekPredict(NativeBuffer begin) => Peek(begin, static bytes =>
    {
        ProtoReader reader = new(bytes, "the request");
        if (!reader.TryReadTag(out int field, out WireType type) || (field, type) != (1, WireType.LengthDelimited))
        {
            return null;
        }

        string? name = null;
        string version = "";
        ProtoReader model = new(reader.ReadLengthDelimited(), "model_spec");
        while (model.TryReadTag(out field, out type))
        {
            switch ((field, type))
            {
                case (1, WireType.LengthDelimited):
                    name = model.ReadKnownText();
                    break;
                case (2, WireType.LengthDelimited):
                    ProtoReader number = new(model.ReadLengthDelimited(), "version");
                    version = number.TryReadTag(out field, out type) && (field, type) == (1, WireType.Varint) ? number.ReadVarint().ToString(CultureInfo.InvariantCulture) : "";
                    break;
                default:
                    model.Skip(type);
                    break;
            }
        }

        return name is null ? null : (name, version);
    });

    private static long? Longest(ServableTable table)
    {
        long longest = 0;
        foreach (VersionEntry version in table.Models.SelectMany(static model => model.Versions))
        {
            if (version.Servable is { } servable)
            {
                if (MessageBound.Protobuf(servable.Accepted) is not { } most)
                {
                    return null;
                }

                longest = Math.Max(longest, most);
            }
        }

        return Math.Max(longest, MessageBound.Rest);
    }

    private static (string Name, string Version)? Peek(NativeBuffer begin, Func<ReadOnlySequence<byte>, (string Name, string Version)?> read)
    {
        try
        {
            return read(begin.Sequence);
        }
        catch (MalformedProtoException)
        {
            // What is wrong is told by whoever reads the whole.
            return null;
        }
    }
}
