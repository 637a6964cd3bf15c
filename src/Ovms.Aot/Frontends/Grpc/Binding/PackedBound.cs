using System.Buffers;
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
    /// <param name="peek">Finds the model that a message of this form names; null where its first bytes do not name it.</param>
    /// <param name="begin">Its first bytes.</param>
    /// <returns>Its bound in bytes, null for none; or that what it names is not served.</returns>
    public Outcome<long?> Find(Func<ReadOnlySequence<byte>, (string Name, string Version)?> peek, NativeBuffer begin)
    {
        if (Peek(peek, begin) is not { } model)
        {
            return Longest(registry.Current);
        }

        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(model.Name, model.Version);
        return found.IsOk ? MessageBound.Protobuf(found.Value.Version.Servable!.Accepted) : found.WithoutValue;
    }

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

    private static (string Name, string Version)? Peek(Func<ReadOnlySequence<byte>, (string Name, string Version)?> peek, NativeBuffer begin)
    {
        try
        {
            return peek(begin.Sequence);
        }
        catch (MalformedProtoException)
        {
            // What is wrong is told by whoever reads the whole.
            return null;
        }
    }
}
