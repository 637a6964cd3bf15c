using Ovms.Graphs.Packets;
using Ovms.Inference;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Tensors;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>The outputs of an inference that has given its infer request back: the tensors themselves, or copies.</summary>
/// <remarks>A call of a graph never holds a request while it waits for another one, for calls could then wait for one another.</remarks>
internal sealed class InferenceResult : SharedValue
{
    // Below this size a copy costs less than new memory for the infer request.
    private const long CheapToCopy = 4 << 10;

    private readonly ModelCall _call;
    private readonly NativeBuffer[] _copies = [];

    /// <summary>Takes the outputs of a call that has run, and gives its infer request back.</summary>
    /// <param name="call">The call; owned from here on.</param>
    public InferenceResult(ModelCall call)
    {
        _call = call;
        bool isSmall = true;
        bool isText = false;
        foreach (OutputTensor output in call.Outputs)
        {
            isText |= output.Info.ElementType == ElementType.String;
            isSmall &= !isText && output.ByteSize <= CheapToCopy;
        }

        if (!isSmall && !isText && call.Detach())
        {
            Values = [.. call.Outputs.Select(TensorValue.Of)];
            return;
        }

        Values = [.. call.Outputs.Select(TensorValue.CopyOf)];
        _copies = [.. Values.Select(static value => value.Copy!)];
        call.EndInference();
    }

    /// <summary>The outputs, in the order asked for; borrowed.</summary>
    public TensorValue[] Values { get; }

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        _call.Dispose();
        Array.ForEach(_copies, static copy => copy.Dispose());
    }
}
