using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// Reserves the front end's memory for an answer before the inference, if the model's shapes determine its size. Otherwise the front end
/// reserves it when the outputs exist.
/// </summary>
internal static class AnswerReservation
{
    // Below this size the front end reserves after the inference. Most answers are that small, and are then reserved once instead of
    // twice.
    private const long Least = 64 << 10;

    /// <summary>Reserves memory for the outputs whose size is known.</summary>
    /// <returns>Ok, or a failure if there is no memory for the answer.</returns>
    public static Outcome Take(Signature signature, InferMessage message)
    {
        if (message.AnswerRoom is not { } room || signature.FixedOutputBytes < Least)
        {
            return Outcome.Ok;
        }

        long bytes = message.Outputs.Count == 0 ? signature.FixedOutputBytes : 0;
        foreach (RequestedOutput asked in message.Outputs)
        {
            bytes += signature.FindOutput(asked.Name)?.FixedLength ?? 0;
        }

        return bytes < Least ? Outcome.Ok : room(bytes);
    }
}
