using System.Buffers;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
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
/// <param name="calls">Opens the calls whose first bytes name a model: the model that bounds the message is the one that computes it.</param>
/// <param name="registry">What is served.</param>
internal sealed class PackedBound(ModelCalls calls, ServableRegistry registry)
{
    /// <summary>The bound of a message of which some bytes are unpacked.</summary>
    /// <param name="end">The call's; gets its model.</param>
    /// <param name="origin">The message's form.</param>
    /// <param name="peek">Finds the model that a message of this form names; null where its first bytes do not name it.</param>
    /// <param name="begin">Its first bytes.</param>
    /// <returns>Its bound in bytes, null for none; or that what it names is not served.</returns>
    public Outcome<long?> Find(CallEnd end, CallOrigin origin, Func<ReadOnlySequence<byte>, (string Name, string Version)?> peek, NativeBuffer begin)
    {
        Outcome<bool> opened = TryOpen(end, origin, peek, begin);
        return !opened.IsOk ? opened.WithoutValue
            : opened.Value ? MessageBound.Protobuf(end.Model!.Servable.Accepted)
            : Longest(registry.Current);
    }

    /// <summary>Opens the call where the first bytes of its message name the model: from there on a newer table changes nothing for it.</summary>
    /// <param name="end">The call's; gets its model.</param>
    /// <param name="origin">The message's form.</param>
    /// <param name="peek">Finds the model that a message of this form names; null where its first bytes do not name it.</param>
    /// <param name="begin">Its first bytes.</param>
    /// <returns>Whether they name a model; or that it is not served.</returns>
    public Outcome<bool> TryOpen(CallEnd end, CallOrigin origin, Func<ReadOnlySequence<byte>, (string Name, string Version)?> peek, NativeBuffer begin)
    {
        if (Peek(peek, begin) is not { } model)
        {
            return false;
        }

        Outcome<ModelCall> opened = calls.Open(origin, model.Name, model.Version);
        end.SetModel(opened.Value);
        return opened.IsOk ? true : opened.WithoutValue;
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
