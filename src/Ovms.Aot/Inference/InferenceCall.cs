using System.Runtime.CompilerServices;
using Ovms.Inference.Sequences;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>The one path of an inference, whatever front end it came through.</summary>
internal sealed class InferenceCall(ServableRegistry registry, CallCounts counts, ConversionBudget? budget = null)
{
    private readonly BytesConversion _conversion = new(budget ?? ConversionBudget.OfThisMachine());

    /// <summary>Runs one inference.</summary>
    /// <param name="message">The request; owned by this call from here on, whatever the outcome.</param>
    /// <param name="cancellation">The caller's deadline or disconnect; stops the wait and the inference.</param>
    /// <returns>The result, to be disposed by the front end, or why there is none.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<InferResult>> RunAsync(InferMessage message, CancellationToken cancellation)
    {
        ServableLease? lease = null;
        InferSlot? slot = null;
        bool handedOver = false;
        try
        {
            Outcome<ServableLease> leased = registry.Lease(message.ModelName, message.ModelVersion);
            if (!leased.IsOk)
            {
                counts.Count(message.Origin.InferenceKind(), message.ModelName, message.ModelVersion, isSuccess: false);
                return leased.WithoutValue;
            }

            lease = leased.Value;
            Servable servable = lease.Servable;
            message.Meter = new CallMeter(servable, message);
            Outcome valid = SequenceInputs.Take(servable, message);
            valid = valid.IsOk ? RequestValidator.Check(servable.Accepted, message) : valid;
            if (valid.IsOk)
            {
                valid = await _conversion.ConvertAsync(servable.Accepted, message, cancellation).ConfigureAwait(false);
            }

            if (!valid.IsOk)
            {
                return message.Meter.Failed(valid);
            }

            message.Meter.Prepared();
            if (servable.Variants is not null)
            {
                Outcome<ServableLease> chosen = await VariantChoice.LeaseAsync(lease, message, cancellation).ConfigureAwait(false);
                if (!chosen.IsOk)
                {
                    return message.Meter.Failed(chosen.WithoutValue);
                }

                lease = chosen.Value;
                servable = lease.Servable;
            }

            Outcome<InferSlot> rented = await servable.Pool.RentAsync(message.Sequence, cancellation).ConfigureAwait(false);
            if (!rented.IsOk)
            {
                return message.Meter.Failed(rented.WithoutValue);
            }

            slot = rented.Value;
            message.Meter.Waited();
            Outcome room = AnswerReservation.Take(servable.Signature, message);
            if (!room.IsOk)
            {
                return message.Meter.Failed(room);
            }

            InputBinding.Bind(servable.Signature, message, slot);
            message.Meter.Bound();
            Outcome computed = servable.Shapes is { } shapes
                ? await DynamicInference.RunAsync(servable, shapes, message, slot, cancellation).ConfigureAwait(false)
                : OutcomeOf(await InferAsync(slot, cancellation).ConfigureAwait(false), servable, message);
            if (!computed.IsOk)
            {
                return message.Meter.Failed(computed);
            }

            message.Meter.Inferred(BatchSize.Of(servable.Signature, message));
            InferResult result = new(message, lease, slot, OutputSet.Take(servable.Signature, message, slot));
            handedOver = true;
            return result;
        }
        catch (OperationCanceledException)
        {
            return message.Meter.Failed(Outcome.Fail(StatusCode.Cancelled));
        }
        catch (OpenVinoException engine)
        {
            return message.Meter.Failed(Outcome.Fail(StatusCode.InternalInferenceError, engine.Said));
        }
        finally
        {
            if (!handedOver)
            {
                // The tensors in the slot point into the message's memory: the slot lets go of them first.
                slot?.Return();
                lease?.Dispose();
                message.Meter.End();
                message.Dispose();
            }
        }
    }

    private static ValueTask<OvStatus> InferAsync(InferSlot slot, CancellationToken cancellation) =>
        slot.Gate is { } gate ? InferThroughAsync(gate, slot, cancellation) : slot.InferAsync(cancellation);

    private static async ValueTask<OvStatus> InferThroughAsync(ShapeGate gate, InferSlot slot, CancellationToken cancellation)
    {
        await gate.EnterAsync(alone: false, cancellation).ConfigureAwait(false);
        try
        {
            return await slot.InferAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            gate.Leave();
        }
    }

    // The detail is asked for on the thread that learned the status, before anything else is done with the engine.
    private static Outcome OutcomeOf(OvStatus status, Servable servable, InferMessage message) => status switch
    {
        OvStatus.Ok => Outcome.Ok,
        OvStatus.InferCancelled => Outcome.Fail(StatusCode.Cancelled),
        _ => EngineRefusal.Of(servable.Signature, message, OpenVinoException.FromLastError(status, "ov_infer_request_wait").Detail, computesOthers: false),
    };
}
