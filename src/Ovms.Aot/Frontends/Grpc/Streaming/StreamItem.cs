using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>One request of a stream as it was read.</summary>
/// <param name="Subject">Model, version and id, as far as the request could be read.</param>
/// <param name="Fault">Why it could not be read; Ok if it could.</param>
/// <param name="Message">The request; null if it could not be read. Owned by who takes the item.</param>
/// <param name="Share">Its memory; owned like the message.</param>
/// <param name="Bytes">Bytes of the request.</param>
internal sealed record StreamItem(CallSubject Subject, Outcome Fault, InferMessage? Message, MemoryShare Share, long Bytes) : IDisposable
{
    /// <summary>Whether a response without outputs says that the last one has been sent (triton_enable_empty_final_response).</summary>
    public bool WantsEnd { get; init; }

    /// <summary>Frees an item that nobody took.</summary>
    public void Dispose()
    {
        Message?.Dispose();
        Share.Dispose();
    }
}
