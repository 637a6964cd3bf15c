using Ovms.Inference;
using Ovms.Status;

namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>A request of a stream that is computed, or has failed before.</summary>
/// <param name="Item">The request as it was read; owned, but for the message.</param>
/// <param name="Call">The model's call; null if there is none. Owned.</param>
/// <param name="Run">Completes when the outputs are there, or with the failure.</param>
internal sealed record StreamRequest(StreamItem Item, ModelCall? Call, Task<Outcome> Run) : IDisposable
{
    /// <summary>Frees all that the request holds, once <see cref="Run"/> has completed.</summary>
    public void Dispose()
    {
        // Order: the share counts the call's memory.
        Call?.Dispose();
        Item.Share.Dispose();
    }
}
