using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>Opens the model of a gRPC call: as soon as the first bytes of its message name it, else when the message is whole.</summary>
/// <remarks>Serializers write fields in the order of their numbers, so the name usually comes first.</remarks>
/// <param name="calls">Opens the calls.</param>
internal sealed class ModelOpening(ModelCalls calls)
{
    /// <summary>
    /// Opens the model that the first bytes of a message name, so that a newer table changes nothing for the call. If it is not served, the
    /// whole message decides, because a later field may name another model.
    /// </summary>
    /// <param name="call">Receives the model.</param>
    /// <param name="begin">The first bytes.</param>
    /// <returns>Whether more bytes would change nothing.</returns>
    public bool TryOpen(GrpcCall call, NativeBuffer begin)
    {
        MessageHead head = call.Api.Peek(begin);
        if (head.Model is { } model)
        {
            call.Replace(calls.TryOpen(call.Api.Origin, model, head.Version));
        }

        return head.IsKnown;
    }

    /// <summary>Opens the model that a whole message names, unless its first bytes have opened that one already.</summary>
    /// <remarks>A message that is invalid behind the name is a failed call of the named model.</remarks>
    /// <param name="call">Receives the model.</param>
    /// <param name="head">Model and version, as far as the message could be read.</param>
    /// <param name="read">The message, disposed here if its model is not served; or why it could not be read.</param>
    /// <returns>Ok, or why there is nothing to compute.</returns>
    public Outcome Open(GrpcCall call, CallSubject head, Outcome<InferMessage> read)
    {
        if ((string.IsNullOrEmpty(head.Model) && !read.IsOk) || call.Model?.Subject == head with { Id = null })
        {
            return read.WithoutValue;
        }

        Outcome<ModelCall> opened = calls.Open(call.Api.Origin, head.Model, head.Version);
        call.Replace(opened.Value);
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        if (!opened.IsOk)
        {
            read.Value.Dispose();
        }

        return opened.WithoutValue;
    }
}
