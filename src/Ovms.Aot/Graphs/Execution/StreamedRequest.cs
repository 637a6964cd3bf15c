using Ovms.Graphs.Packets;
using Ovms.Inference.Messages;

namespace Ovms.Graphs.Execution;

/// <summary>A request of a stream: its memory is kept by the packets that were made of its inputs.</summary>
/// <param name="message">The request; owned.</param>
/// <param name="memory">Counts its memory; owned.</param>
internal sealed class StreamedRequest(InferMessage message, IDisposable memory) : SharedValue
{
    /// <summary>The request.</summary>
    public InferMessage Message => message;

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        message.Dispose();
        memory.Dispose();
    }
}
