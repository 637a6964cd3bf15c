using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Decides whether the caller or the server is to blame for a failed inference.</summary>
internal static class EngineRefusal
{
    // OpenVINO has one status for all failures. In a model with dynamic inputs, incompatible shapes only show during the inference, and
    // only in the text.
    // A call that fails at the same moment may have written that text. The only consequence is the wrong one of two error codes.
    private static readonly string[] s_shapeMarks =
        ["shape_inference", "While validating node", "Shape inference", "shape inference", "MemoryDesc"];

    /// <summary>
    /// Tells the servable of a failure, and decides whether the infer request computes again. The caller's shapes leave a dynamic model's
    /// request as it was: see <see cref="Servable.Dynamic"/>.
    /// </summary>
    /// <param name="servable">The servable that was called.</param>
    /// <param name="message">The request.</param>
    /// <param name="slot">The infer request; null if the call had none.</param>
    /// <param name="fault">OpenVINO's error.</param>
    /// <param name="isInference">Whether the inference failed, not what is done before or after it.</param>
    public static Outcome Blame(Servable servable, InferMessage message, InferSlot? slot, EngineFault fault, bool isInference = true)
    {
        bool isOfDevice = servable.Health.Failed(fault);
        if (fault.Status != OvStatus.InferCancelled && (isOfDevice || servable.Dynamic is null))
        {
            slot?.Spoil();
        }

        return isOfDevice ? OfDevice(fault)
            : isInference ? Of(servable.Signature, message, fault)
            : Outcome.Fail(StatusCode.InternalInferenceError, EngineText.Clean(fault.Detail));
    }

    /// <summary>The error of a device's failure: neither the caller nor the model caused it, and a later call may succeed.</summary>
    public static Outcome OfDevice(EngineFault fault) =>
        Outcome.Fail(StatusCode.DeviceFailed, EngineText.WithoutAdvice(EngineText.Clean(fault.Detail)));

    /// <summary>The error of another failure.</summary>
    /// <param name="signature">The signature of the servable that was called.</param>
    /// <param name="message">The request.</param>
    /// <param name="fault">OpenVINO's error.</param>
    public static Outcome Of(Signature signature, InferMessage message, EngineFault fault)
    {
        if (fault.Status == OvStatus.InferCancelled)
        {
            return Outcome.Fail(StatusCode.Cancelled);
        }

        string detail = fault.Detail;
        bool isDynamic = signature.Inputs.Any(static input => !input.Shape.IsStatic);
        if (!isDynamic || (!fault.ComputesOthers && !s_shapeMarks.Any(mark => detail.Contains(mark, StringComparison.Ordinal))))
        {
            return Outcome.Fail(StatusCode.InternalInferenceError, EngineText.Clean(detail));
        }

        string given = string.Join(
            "; ",
            message.Inputs.Select(static input => $"{Shown.Bounded(input.Name)} ({string.Join(',', input.Shape)})"));
        return Outcome.Fail(StatusCode.InvalidShape, $"The model cannot compute with {given}: {EngineText.Clean(detail)}");
    }
}
