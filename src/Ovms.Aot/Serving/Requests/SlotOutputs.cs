using Ovms.Native;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Requests;

/// <summary>Takes the outputs of a slot's inferences, and keeps their objects if every inference writes to the same ones.</summary>
internal sealed class SlotOutputs
{
    // Null before the first inference, and if the request writes elsewhere in each.
    private OutputTensor[]? _kept;

    /// <summary>Returns the outputs of the inference that has just ended.</summary>
    /// <param name="request">The infer request.</param>
    /// <param name="keeps">Whether every inference writes its outputs to the same memory.</param>
    /// <param name="signature">The model's signature.</param>
    /// <param name="wanted">The outputs to return, in this order; empty = all, in the model's order.</param>
    /// <param name="beside">An additional output that comes last; null = none.</param>
    /// <param name="owned">The outputs that the caller must dispose; none if they are kept for later inferences.</param>
    public OutputTensor[] Take(
        InferRequest request,
        bool keeps,
        Signature signature,
        ReadOnlySpan<TensorInfo> wanted,
        OutputTensor? beside,
        out OwnedOutputs owned)
    {
        owned = default;
        bool isWhole = wanted.IsEmpty && beside is null;
        if (isWhole && _kept is { } kept)
        {
            return kept;
        }

        ReadOnlySpan<TensorInfo> taken = wanted.IsEmpty ? signature.Outputs.AsSpan() : wanted;
        OutputTensor[] outputs = new OutputTensor[beside is null ? taken.Length : taken.Length + 1];
        if (beside is not null)
        {
            outputs[^1] = beside;
        }

        owned = new OwnedOutputs(outputs);
        for (int i = 0; i < taken.Length; i++)
        {
            Tensor tensor = request.GetOutput(taken[i].Index);
            outputs[i] = new OutputTensor(taken[i], taken[i].IsPackedText ? TextRows.Unpack(tensor) : tensor);
        }

        if (isWhole && keeps)
        {
            _kept = outputs;
            owned = default;
        }

        return outputs;
    }

    /// <summary>The request has other memory from now on: what was kept belongs to the call that has it, else it is disposed.</summary>
    /// <param name="outputs">The outputs that the call took.</param>
    /// <param name="owned">The outputs that the call must dispose.</param>
    public void Leave(OutputTensor[] outputs, ref OwnedOutputs owned)
    {
        // A call that requested only some outputs has other tensor objects than those that were kept.
        if (ReferenceEquals(_kept, outputs))
        {
            owned = new OwnedOutputs(outputs);
            _kept = null;
        }

        Forget();
    }

    /// <summary>Disposes what is kept.</summary>
    public void Forget()
    {
        new OwnedOutputs(_kept ?? []).Dispose();
        _kept = null;
    }

    /// <summary>Size of a request's outputs. For strings this counts the string objects, without the text of long ones.</summary>
    public static long BytesOf(InferRequest request, int count)
    {
        long bytes = 0;
        for (int i = 0; i < count; i++)
        {
            using Tensor output = request.GetOutput(i);
            bytes += (long)output.ByteSize;
        }

        return bytes;
    }
}
