using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Native;
using Ovms.Serving.Draining;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference;

/// <summary>
/// One inference from the moment its model is known until its answer is sent, whatever front end it came through. It holds one lease all
/// that time: a newer table that is published meanwhile changes nothing for it. <see cref="ModelCalls"/> opens it; the front end calls
/// <see cref="RunAsync"/> once, writes <see cref="Outputs"/>, and disposes the call.
/// </summary>
/// <remarks>
/// A caller who reads slowly must not hold an infer request: the front end copies a small answer and ends the call at once; from a large
/// one it takes the infer request away first (<see cref="Detach"/>).
/// </remarks>
internal sealed class ModelCall : Recyclable, IDisposable
{
    private readonly Recycled<ModelCall> _home;
    private readonly BytesConversion _conversion;
    private readonly AnswersUnderway _answers;
    private readonly List<TensorInfo> _wanted = [];
    private CallMeter _meter;
    private ServableLease? _lease;
    private InferMessage? _message;
    private int _messageUse;
    private OwnedOutputs _owned;
    private bool _isAnswering;
    private Outcome _end;

    internal ModelCall(Recycled<ModelCall> home, BytesConversion conversion, AnswersUnderway answers)
    {
        _home = home;
        _conversion = conversion;
        _answers = answers;
    }

    /// <summary>Who answers. Of a model whose shapes are left to calls: its loaded form until the call has run, then what computed it.</summary>
    public Servable Servable { get; private set; } = null!;

    /// <summary>The infer request; null before it is rented and after it was given back.</summary>
    internal InferSlot? Slot { get; private set; }

    /// <summary>For the log.</summary>
    public CallSubject Subject { get; private set; }

    /// <summary>The request, for its id and the wishes about outputs; there from <see cref="RunAsync"/> until <see cref="EndInference"/>.</summary>
    public InferMessage Message => _message!;

    /// <summary>
    /// The outputs to return, in the order asked for, else in the model's order: views into the engine's memory, valid until <see cref="EndInference"/>.
    /// </summary>
    public OutputTensor[] Outputs { get; private set; } = [];

    /// <summary>The sequence's id, where it is answered as the parameter sequence_id; none elsewhere.</summary>
    public SequenceId SequenceParameter { get; private set; }

    /// <summary>Called by <see cref="ModelCalls"/> alone.</summary>
    internal void Begin(ServableLease lease, CallMeter meter, CallSubject subject)
    {
        _lease = lease;
        _meter = meter;
        _end = Outcome.Fail(StatusCode.InternalError);
        Servable = lease.Servable;
        Subject = subject;
    }

    /// <summary>Runs the inference.</summary>
    /// <param name="message">The request; owned by this call from here on, whatever the outcome.</param>
    /// <param name="cancellation">The caller's deadline or disconnect; stops the wait and the inference.</param>
    /// <returns>Ok, and the outputs are there; or why there are none, and all that the call held is given back.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome> RunAsync(InferMessage message, CancellationToken cancellation)
    {
        Debug.Assert(_message is null && _lease is not null, "A call runs once.");
        _message = message;
        _messageUse = message.Stamp;
        Subject = Subject with { Id = message.Id };
        _meter.Begin(message.Received);
        try
        {
            Outcome step = SequenceInputs.Take(Servable, message);
            step = step.IsOk ? RequestValidator.Check(Servable.Accepted, message) : step;
            step = step.IsOk ? await _conversion.ConvertAsync(Servable.Accepted, message, cancellation).ConfigureAwait(false) : step;
            if (!step.IsOk)
            {
                return Fail(step);
            }

            _meter.Prepared();
            if (Servable.Variants is not null)
            {
                Outcome<ServableLease> chosen = await VariantChoice.LeaseAsync(_lease, message, cancellation).ConfigureAwait(false);
                if (!chosen.IsOk)
                {
                    return Fail(chosen.WithoutValue);
                }

                _lease = chosen.Value;
                Servable = _lease.Servable;
            }

            Outcome<InferSlot> rented = await Servable.Pool.RentAsync(message.Sequence, cancellation).ConfigureAwait(false);
            if (!rented.IsOk)
            {
                return Fail(rented.WithoutValue);
            }

            Slot = rented.Value;
            _meter.Waited();
            step = AnswerReservation.Take(Servable.Signature, message);
            if (!step.IsOk)
            {
                return Fail(step);
            }

            Bind(Slot);
            _meter.Bound();
            EngineFault fault = Servable.Dynamic is { } dynamic
                ? await dynamic.InferAsync(Slot, InputShapes.Of(Servable.Signature, message), cancellation).ConfigureAwait(false)
                : await Slot.InferAsync(cancellation).ConfigureAwait(false);
            if (!fault.IsNone)
            {
                return Fail(EngineRefusal.Of(Servable.Signature, message, fault));
            }

            _meter.Inferred(BatchSize.Of(Servable.Signature, message));
            TakeOutputs(Slot);
            return Outcome.Ok;
        }
        catch (OperationCanceledException)
        {
            return Fail(Outcome.Fail(StatusCode.Cancelled));
        }
        catch (OpenVinoException engine)
        {
            return Fail(Outcome.Fail(StatusCode.InternalInferenceError, engine.Said));
        }
    }

    /// <summary>
    /// The caller has the answer, as far as the front end can see; or why not. Without this word a call that has run counts as failed.
    /// </summary>
    public void Answered(Outcome outcome) => _end = outcome;

    /// <summary>
    /// Gives the infer request and the lease back while the outputs stay: a large answer is sent from where it lies, as slowly as its caller
    /// reads.
    /// </summary>
    /// <returns>False where the outputs cannot leave the infer request: nothing was given back.</returns>
    public bool Detach()
    {
        if (Slot?.TryDetach(Outputs, ref _owned) != true)
        {
            return false;
        }

        ReturnSlot();
        return true;
    }

    /// <summary>
    /// The answer is written, or there is none: gives back the outputs, the infer request, the lease and the request. While the answer is on
    /// its way to the caller, the call goes on, for the log and for a server that stops. Does nothing where it was done.
    /// </summary>
    public void EndInference()
    {
        // The tensors in the slot point into the message's memory: the slot lets go of them first.
        _owned.Dispose();
        _owned = default;
        Outputs = [];
        ReturnSlot();
        if (_message is { } message)
        {
            Debug.Assert(message.Stamp == _messageUse, "The message is this call's until here.");
            _message = null;
            message.Dispose(_messageUse);
        }
    }

    /// <summary>The message names another model than its first bytes did: this call has not run, and is not counted.</summary>
    public void Abandon() => _meter.Abandon();

    /// <summary>Ends the call and leaves the object to the next one. The caller, who must be its only holder, must not use it afterwards.</summary>
    public void Dispose() => Dispose(Stamp);

    /// <summary>The same for a holder that may be late: once the object is another call's, nothing happens.</summary>
    /// <param name="use">The call's stamp when the holder got it.</param>
    public void Dispose(int use)
    {
        if (!TryEndUse(use))
        {
            return;
        }

        EndInference();
        _meter.End(_end);
        if (_isAnswering)
        {
            _isAnswering = false;
            _answers.End();
        }

        Servable = null!;
        Subject = default;
        SequenceParameter = default;
        _wanted.Clear();
        _home.Return(this);
    }

    private Outcome Fail(Outcome failure)
    {
        _meter.Failed(failure);
        EndInference();
        return failure;
    }

    private void Bind(InferSlot slot)
    {
        foreach (InputTensor input in Message.Inputs)
        {
            slot.Bind(Servable.Signature.FindInput(input.Name)!, input.Shape, input.Content);
        }
    }

    // The validator made sure that every output asked for exists and none is asked for twice. The sequence's id comes last where it is
    // answered as a tensor.
    private void TakeOutputs(InferSlot slot)
    {
        Signature signature = Servable.Signature;
        foreach (RequestedOutput asked in Message.Outputs)
        {
            _wanted.Add(signature.FindOutput(asked.Name)!);
        }

        OutputTensor? sequence = SequenceOutput.Of(signature, Message, slot);
        Outputs = slot.TakeOutputs(signature, CollectionsMarshal.AsSpan(_wanted), sequence, out _owned);
        SequenceParameter = Message.SequenceParameters is null ? default : slot.Sequence ?? default;

        // Order: while the lease is held, or a server that stops would not wait for this answer.
        _answers.Begin();
        _isAnswering = true;
    }

    // Order: the request goes back to the pool while the lease still keeps the pool alive.
    private void ReturnSlot()
    {
        if (_lease is not { } lease)
        {
            return;
        }

        _meter.Written();
        _lease = null;
        if (Slot is { } slot)
        {
            Slot = null;
            slot.Return(lease);
        }
        else
        {
            lease.Dispose();
        }
    }
}
