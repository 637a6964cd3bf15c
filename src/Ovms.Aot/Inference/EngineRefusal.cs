using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>Finds out whose fault it is that the engine could not compute.</summary>
internal static class EngineRefusal
{
    // The engine has one status for all failures. That shapes do not go together inside a model whose inputs are dynamic only shows when
    // it computes with them, and its text is the only mark; another call that fails in the same moment may have written it, which then
    // costs no more than the wrong one of two error codes.
    private static readonly string[] s_shapeMarks = ["shape_inference", "While validating node", "Shape inference", "shape inference", "MemoryDesc"];

    /// <summary>What the caller is told.</summary>
    /// <param name="signature">Of the servable that was asked.</param>
    /// <param name="message">The request.</param>
    /// <param name="fault">What the engine says.</param>
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

        string given = string.Join("; ", message.Inputs.Select(static input => $"{Shown.Bounded(input.Name)} ({string.Join(',', input.Shape)})"));
        return Outcome.Fail(StatusCode.InvalidShape, $"The model cannot compute with {given}: {EngineText.Clean(detail)}");
    }
}
