using Ovms.Graphs.Packets;
using Ovms.Inference.Messages;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>
/// The value of a packet that carries a whole request: all its tensors with their names. At a RESPONSE stream it becomes the response.
/// </summary>
/// <param name="tensors">The tensors, whose memory is that of a unary request and outlives the graph's run.</param>
internal sealed class RequestPacket((string Name, TensorValue Value)[] tensors) : SharedValue
{
    /// <summary>A whole request.</summary>
    public static RequestPacket Of(InferMessage message) =>
        new([.. message.Inputs.Select(static input => (input.Name, TensorValue.Of(input)))]);

    /// <summary>The tensors, borrowed.</summary>
    public IReadOnlyList<(string Name, TensorValue Value)> Tensors => tensors;

    /// <inheritdoc/>
    public override string ToString() => "whole request";

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        // The memory is the request's.
    }
}
