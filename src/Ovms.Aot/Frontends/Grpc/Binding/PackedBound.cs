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
/// Limits what a compressed message may decompress to: a kilobyte may become a megabyte of zeros, more than a small model's request can
/// have. Serializers write fields in order of their numbers, so the model's name comes first. Otherwise the limit is that of the model
/// with the longest requests.
/// </summary>
/// <param name="calls">Opens the call once the first bytes name a model, so that the model which sets the limit also computes.</param>
/// <param name="registry">What is served.</param>
internal sealed class PackedBound(ModelCalls calls, ServableRegistry registry)
{
    /// <summary>Finds the limit of a message of which some bytes are decompressed.</summary>
    /// <param name="end">The call; receives its model.</param>
    /// <param name="origin">The API of the message.</param>
    /// <param name="peek">Reads the model's name and version from the first bytes; null where they do not begin with it.</param>
    /// <param name="begin">The first bytes.</param>
    /// <returns>The limit in bytes, null for none; or that the named model is not served.</returns>
    public Outcome<long?> Find(
        CallEnd end, CallOrigin origin, Func<ReadOnlySequence<byte>, (string Name, string Version)?> peek, NativeBuffer begin)
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

    private static (string Name, string Version)? Peek(
        Func<ReadOnlySequence<byte>, (string Name, string Version)?> peek, NativeBuffer begin)
    {
        try
        {
            return peek(begin.Sequence);
        }
        catch (MalformedProtoException)
        {
            // Reading the whole message reports the error.
            return null;
        }
    }
}
