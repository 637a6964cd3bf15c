using Ovms.Inference.Messages;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Inference;

/// <summary>
/// Reserves the front end's memory for an answer before anything is computed, where the model's shapes tell its size. Elsewhere the front
/// end reserves it when the outputs are there.
/// </summary>
internal static class AnswerReservation
{
    // Smaller answers are computed first: most calls have such, and reserve once instead of twice.
    private const long Least = 64 << 10;

    /// <summary>Reserves what is known.</summary>
    /// <returns>Ok, or that there is no room for the answer.</returns>
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
