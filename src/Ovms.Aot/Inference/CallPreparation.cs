using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Inference.Sequences;
using Ovms.Inference.Shared;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>What is done with a request before it waits for an infer request.</summary>
internal static class CallPreparation
{
    /// <summary>Takes inputs out of shared memory, finds the sequence, checks the request, and converts its BYTES.</summary>
    /// <param name="regions">The shared memory.</param>
    /// <param name="conversion">Converts BYTES.</param>
    /// <param name="servable">The servable that is called.</param>
    /// <param name="message">The request.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>Ok, or the first fault.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static ValueTask<Outcome> RunAsync(
        SharedRegions regions, BytesConversion conversion, Servable servable, InferMessage message, CancellationToken cancellation)
    {
        Outcome step = SharedInputs.Take(regions, message, servable.Accepted);
        step = step.IsOk ? SharedOutputs.Lease(regions, message, servable.Accepted) : step;
        step = step.IsOk ? SequenceInputs.Take(servable, message) : step;
        if (step.IsOk && servable.Composition is Composition composition && composition.Check(message) is { } special)
        {
            return new(special);
        }

        step = step.IsOk ? RequestValidator.Check(servable.Accepted, message) : step;
        return step.IsOk ? conversion.ConvertAsync(servable.Accepted, message, cancellation) : new(step);
    }

    /// <summary>Gives an infer request the inputs of a request that fits the servable.</summary>
    public static void Bind(Servable servable, InferMessage message, InferSlot slot)
    {
        foreach (InputTensor input in message.Inputs)
        {
            slot.Bind(servable.Signature.FindInput(input.Name)!, input.Shape, input.Content);
        }
    }
}
