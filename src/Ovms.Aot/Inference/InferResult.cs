using Ovms.Serving;
using Ovms.Serving.Sequences;

namespace Ovms.Inference;

/// <summary>
/// A finished inference: the outputs are views into the engine's memory and stay valid until disposal, which gives back the infer
/// request, the lease and the message's memory. A front end copies the outputs into its response writer and disposes at once, so
/// that a caller who reads slowly holds no infer request.
/// </summary>
internal sealed class InferResult : IDisposable
{
    private readonly InferMessage _message;
    private readonly InferSlot _slot;
    private ServableLease? _lease;
    private bool _isRefused;

    internal InferResult(InferMessage message, ServableLease lease, InferSlot slot, OutputTensor[] outputs)
    {
        _message = message;
        _lease = lease;
        _slot = slot;
        Outputs = outputs;
        Servable = lease.Servable;
        SequenceParameter = message.SequenceParameters is null ? default : slot.Sequence?.Id ?? default;
    }

    /// <summary>Who answered.</summary>
    public Servable Servable { get; }

    /// <summary>The sequence's id, where it is answered as the parameter sequence_id; none elsewhere.</summary>
    public SequenceId SequenceParameter { get; }

    /// <summary>The request, for its id and the wishes about outputs.</summary>
    public InferMessage Message => _message;

    /// <summary>The outputs to return, in the order asked for, else in the model's order.</summary>
    public OutputTensor[] Outputs { get; }

    /// <summary>The front end cannot make an answer of it: the call counts as failed.</summary>
    public void Refuse() => _isRefused = true;

    /// <summary>Gives everything back; safe to call twice and from another thread than the one that made it.</summary>
    public void Dispose()
    {
        ServableLease? held = Interlocked.Exchange(ref _lease, null);
        if (held is null)
        {
            return;
        }

        foreach (OutputTensor output in Outputs)
        {
            if (!output.IsKept)
            {
                output.Dispose();
            }
        }

        // Order: the request goes back to the pool while the lease still keeps the pool alive.
        _slot.Return();
        held.Dispose();
        _message.Meter.Answered(isSuccess: !_isRefused);
        _message.Dispose();
    }
}
