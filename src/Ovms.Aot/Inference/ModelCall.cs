using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Inference.Shared;
using Ovms.Native;
using Ovms.Serving.Batches;
using Ovms.Serving.Draining;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference;

/// <summary>One inference from the lookup of its model until its answer is sent, for all front ends.</summary>
/// <remarks>
/// It holds a lease all that time, so a newly published table changes nothing for it. <see cref="ModelCalls"/> opens it. The front end
/// calls <see cref="RunAsync"/> once, writes <see cref="Outputs"/>, and disposes the call.
/// A slow reader must not hold an infer request. The front end therefore copies a small answer and ends the inference at once.
/// Before it sends a large answer, it detaches the outputs from the infer request (<see cref="Detach"/>).
/// </remarks>
/// <param name="home">The pool that it was rented from.</param>
/// <param name="conversion">Converts BYTES inputs.</param>
/// <param name="answers">Counts the answers that callers are still reading.</param>
/// <param name="regions">The shared memory that tensors may lie in.</param>
internal sealed class ModelCall(Recycled<ModelCall> home, BytesConversion conversion, AnswersUnderway answers, SharedRegions regions)
    : Recyclable, IDisposable
{
    private readonly List<TensorInfo> _wanted = [];
    private CallMeter _meter;
    private ServableLease? _lease;
    private InferMessage? _message;
    private int _messageUse;
    private OwnedOutputs _owned;
    private ComposedAnswer _composed;
    private bool _isAnswering;

    // Its place among calls that are computed together; null if none of the calls of this object could be.
    private BatchCall? _batch;

    /// <summary>The servable that answers: until <see cref="RunAsync"/> has chosen a variant or form, the loaded form.</summary>
    public Servable Servable { get; private set; } = null!;

    /// <summary>The infer request; null before it is rented and after it is given back.</summary>
    internal InferSlot? Slot { get; private set; }

    /// <summary>What the call is about, for the log.</summary>
    public CallSubject Subject { get; private set; }

    /// <summary>The request. Available from <see cref="RunAsync"/> until <see cref="EndInference"/>.</summary>
    public InferMessage Message => _message!;

    /// <summary>The outputs, in the order requested, else in the model's: views, valid until <see cref="EndInference"/>.</summary>
    public OutputTensor[] Outputs { get; private set; } = [];

    /// <summary>The sequence's id, if the answer carries it as the parameter sequence_id; otherwise none.</summary>
    public SequenceId SequenceParameter { get; private set; }

    /// <summary>Starts the call; only <see cref="ModelCalls"/> calls it.</summary>
    internal void Begin(ServableLease lease, CallMeter meter, CallSubject subject) =>
        (_lease, _meter, Subject, Servable) = (lease, meter, subject, lease.Servable);

    /// <summary>Runs the inference.</summary>
    /// <param name="message">The request. The call owns it from here on, whatever the outcome.</param>
    /// <param name="cancellation">The caller's deadline or disconnect. It stops the wait and the inference.</param>
    /// <returns>Ok, and the outputs are available. Otherwise the reason, and the call has given back all that it held.</returns>
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
            Outcome step = await CallPreparation.RunAsync(regions, conversion, Servable, message, cancellation).ConfigureAwait(false);
            if (!step.IsOk)
            {
                return Fail(step);
            }

            _meter.Prepared();
            if (Servable.Composition is Composition composition)
            {
                return TakeComposed(await composition.RunAsync(message, cancellation).ConfigureAwait(false));
            }

            if (Servable.Variants is not null)
            {
                Outcome<ServableLease> chosen = await VariantChoice.LeaseAsync(_lease, message, cancellation).ConfigureAwait(false);
                if (!chosen.IsOk)
                {
                    return Fail(chosen.WithoutValue);
                }

                _lease = chosen.Value;
            }

            _lease = FormChoice.Exchange(_lease, message);
            Servable = _lease.Servable;
            Outcome<InferSlot> rented =
                await CallRows.RentAsync(Servable, message, ref _batch, cancellation).ConfigureAwait(false);
            if (!rented.IsOk)
            {
                return Fail(rented.WithoutValue);
            }

            if (_batch is { Run: { } run } together)
            {
                return EndTogether(run, together);
            }

            Slot = rented.Value;
            _meter.Waited();
            step = AnswerReservation.Take(Servable.Signature, message);
            if (!step.IsOk)
            {
                return Fail(step);
            }

            EngineFault fault = Slot.IsSpoiled ? await Slot.RenewAsync(cancellation).ConfigureAwait(false) : EngineFault.None;
            if (fault.IsNone)
            {
                CallPreparation.Bind(Servable, message, Slot);
                _meter.Bound();
                fault = Servable.Dynamic is { } dynamic
                    ? await dynamic.InferAsync(Slot, InputShapes.Of(Servable.Signature, message), cancellation).ConfigureAwait(false)
                    : await Slot.InferAsync(cancellation).ConfigureAwait(false);
            }

            if (!fault.IsNone)
            {
                return Fail(EngineRefusal.Blame(Servable, Message, Slot, fault));
            }

            Servable.Health.Succeeded();
            _meter.Inferred(BatchSize.Of(Servable.Signature, message));
            return TakeOutputs(Slot);
        }
        catch (OperationCanceledException)
        {
            return Fail(Outcome.Fail(StatusCode.Cancelled));
        }
        catch (OpenVinoException engine)
        {
            return Fail(EngineRefusal.Blame(Servable, Message, Slot, EngineFault.Of(engine), isInference: false));
        }
        catch (OvmsException refused)
        {
            return Fail(refused.Outcome);
        }
    }

    /// <summary>
    /// Counts the call: Ok if the caller has the answer, as far as the front end can see; else the reason. Only the first report counts. A
    /// call that is disposed without one counts as failed.
    /// </summary>
    public void Answered(Outcome outcome) => _meter.End(outcome);

    /// <summary>
    /// Gives back the infer request and the lease but keeps the outputs, so that a slow caller can read a large answer.
    /// </summary>
    /// <returns>False if the outputs cannot leave the infer request; then nothing was given back.</returns>
    public bool Detach()
    {
        if (!_composed.TryDetach() && Slot?.TryDetach(Outputs, ref _owned) != true)
        {
            return false;
        }

        ReturnSlot();
        return true;
    }

    /// <summary>
    /// Gives back the outputs, the infer request, the lease and the message, once the answer is written or there is none. Can be called
    /// repeatedly.
    /// </summary>
    /// <remarks>While the answer is being sent the call lives on, for the log and for a server that stops.</remarks>
    public void EndInference()
    {
        // Order: the slot's tensors point into the message's memory, so the outputs and the slot are released before the message.
        _owned.Dispose();
        _owned = default;
        _composed.Dispose();
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

    /// <summary>Ends the call and leaves the object to the next one. Only the sole holder may call it.</summary>
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
        _meter.End(Outcome.Fail(StatusCode.InternalError));
        if (_isAnswering)
        {
            _isAnswering = false;
            answers.End();
        }

        Servable = null!;
        Subject = default;
        SequenceParameter = default;
        _wanted.Clear();
        home.Return(this);
    }

    private Outcome Fail(Outcome failure)
    {
        _meter.Failed(failure);
        EndInference();
        return failure;
    }

    private Outcome TakeComposed(ComposedRun run)
    {
        Outcome taken = _composed.Take(run, ref _message, _messageUse, out OutputTensor[] outputs, out _owned);
        Outputs = outputs;
        if (!taken.IsOk)
        {
            return Fail(taken);
        }

        _meter.Composed(BatchSize.Of(Servable.Signature, Message));
        return BeginAnswer();
    }

    private Outcome EndTogether(BatchRun run, BatchCall call)
    {
        Servable.Health.Succeeded();
        _meter.InferredTogether(run, call);
        Outputs = run.OutputsOf(call, WantedOutputs.Find(Servable.Signature, Message, _wanted), out _owned);
        return BeginAnswer();
    }

    // The sequence's id comes last if it is an output tensor.
    private Outcome TakeOutputs(InferSlot slot)
    {
        OutputTensor? sequence = SequenceOutput.Of(Servable.Signature, Message, slot);
        Span<TensorInfo> wanted = WantedOutputs.Find(Servable.Signature, Message, _wanted);
        Outputs = slot.TakeOutputs(Servable.Signature, wanted, sequence, out _owned);
        SequenceParameter = Message.SequenceParameters is null ? default : slot.Sequence ?? default;
        return BeginAnswer();
    }

    // Order: while the lease is held; otherwise a server that stops would not wait for this answer.
    private Outcome BeginAnswer()
    {
        answers.Begin();
        _isAnswering = true;
        Outcome step = OutputLimit.Check(Outputs);
        step = step.IsOk ? SharedOutputs.Write(Message, Outputs) : step;
        return step.IsOk ? step : Fail(step);
    }

    // Order: the infer request returns to the pool while the lease still keeps the pool alive.
    private void ReturnSlot()
    {
        if (_lease is not { } lease)
        {
            return;
        }

        _meter.Written();
        _lease = null;
        _batch?.End();
        (InferSlot? slot, Slot) = (Slot, null);
        if (slot is null)
        {
            lease.Dispose();
        }
        else
        {
            slot.Return(lease);
        }
    }
}
