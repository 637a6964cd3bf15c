using System.Diagnostics;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Tensors;

namespace Ovms.Inference;

/// <summary>
/// A finished inference: the outputs are views into the engine's memory and stay valid until disposal, which gives back the infer
/// request, the lease and the message's memory. A caller who reads slowly must not hold an infer request: the front end copies a small
/// answer and disposes at once; from a large one it takes the infer request away first (<see cref="Detach"/>).
/// </summary>
internal sealed class InferResult : IDisposable
{
    private readonly InferMessage _message;
    private readonly int _messageUse;
    private readonly InferSlot _slot;
    private ServableLease? _lease;
    private readonly long _outputBytes;
    private bool _isRefused;
    private bool _isDetached;

    internal InferResult(InferMessage message, ServableLease lease, InferSlot slot, OutputTensor[] outputs)
    {
        _message = message;
        _messageUse = message.Stamp;
        _lease = lease;
        _slot = slot;
        Outputs = outputs;
        if (slot.CanRenew)
        {
            // The engine computes all outputs, and keeps those, too, that nobody asked for.
            _outputBytes = slot.OutputBytes(lease.Servable.Signature.Outputs.Length);
            LetsOutputsGo = _outputBytes > OutputMemory.LargestKept;
        }

        Servable = lease.Servable;
        SequenceParameter = message.SequenceParameters is null ? default : slot.Sequence ?? default;
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

    /// <summary>Whether the infer request keeps nothing of the outputs: those of a dynamic model, where they are large.</summary>
    internal bool LetsOutputsGo { get; set; }

    /// <summary>
    /// Gives the infer request and the lease back while the outputs stay: a large answer is sent from where it lies, as slowly as its caller
    /// reads.
    /// </summary>
    /// <returns>False where the outputs cannot leave the infer request: nothing was given back.</returns>
    public bool Detach()
    {
        if (_lease is null || !_slot.ExchangeOutputs())
        {
            return false;
        }

        DisposeBeside(_slot.TakeKept());
        ReturnSlot(Interlocked.Exchange(ref _lease, null)!);
        _isDetached = true;
        return true;
    }

    /// <summary>Gives everything back; safe to call twice and from another thread than the one that made it.</summary>
    public void Dispose()
    {
        ServableLease? held = Interlocked.Exchange(ref _lease, null);
        if (held is null && !_isDetached)
        {
            return;
        }

        _isDetached = false;
        foreach (OutputTensor output in Outputs)
        {
            if (!output.IsKept)
            {
                output.Dispose();
            }
        }

        if (held is not null)
        {
            ReturnSlot(held);
        }

        Debug.Assert(_message.Stamp == _messageUse, "The message is this call's until here.");
        _message.Dispose(_messageUse);
    }

    // Order: the request goes back to the pool while the lease still keeps the pool alive.
    private void ReturnSlot(ServableLease held)
    {
        _message.Meter.Answered(isSuccess: !_isRefused);
        if (LetsOutputsGo)
        {
            IdleMemory.Freed(_outputBytes);
            _ = OutputRelease.ReturnAsync(_slot, held);
            return;
        }

        _slot.Return();
        held.Dispose();
    }

    // Of a call that asked for some outputs only, the tensors are other ones than those that the slot kept.
    private void DisposeBeside(OutputTensor[] kept)
    {
        if (!ReferenceEquals(kept, Outputs))
        {
            foreach (OutputTensor output in kept)
            {
                output.Dispose();
            }
        }
    }
}
