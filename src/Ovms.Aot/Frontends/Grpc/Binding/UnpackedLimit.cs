using Ovms.Serving.Table;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>
/// Limits what a compressed message may decompress to: a kilobyte may become a megabyte of zeros, more than a small model's request can
/// have. If the message does not begin with the model's name, the limit is that of the model with the longest requests.
/// </summary>
/// <param name="opening">Opens the named model, so that the model which sets the limit also computes.</param>
/// <param name="registry">What is served.</param>
internal sealed class UnpackedLimit(ModelOpening opening, ServableRegistry registry)
{
    /// <summary>Finds the limit of a message of which some bytes are decompressed.</summary>
    /// <param name="call">The call; receives its model.</param>
    /// <param name="begin">The first bytes.</param>
    /// <returns>The limit in bytes; null for none.</returns>
    public long? Find(GrpcCall call, NativeBuffer begin)
    {
        if (call.Model is null)
        {
            opening.TryOpen(call, begin);
        }

        return call.Model is { } model ? MessageBound.Protobuf(model.Servable.Accepted) : Longest(registry.Current);
    }

    /// <summary>Bytes of the longest request that any model takes; null for any number.</summary>
    public static long? Longest(ServableTable table)
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
}
