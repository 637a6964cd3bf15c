using Ovms.Inference.Messages;
using Ovms.Serving.Requests;
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

    /// <summary>Reserves memory for the outputs whose size is known and that are in the answer.</summary>
    /// <returns>Ok, or a failure if there is no memory for the answer, or if an output is too large to be sent.</returns>
    public static Outcome Take(Signature signature, InferMessage message)
    {
        if (signature.FixedOutputBytes < Least)
        {
            return Outcome.Ok;
        }

        long bytes = 0;
        foreach (TensorInfo output in signature.Outputs)
        {
            if (IsWanted(output, message))
            {
                Outcome size = OutputLimit.Check(output.Name, output.FixedLength);
                if (!size.IsOk)
                {
                    return size;
                }

                bytes += output.FixedLength;
            }
        }

        return bytes < Least || message.AnswerRoom is not { } room ? Outcome.Ok : room(bytes);
    }

    private static bool IsWanted(TensorInfo output, InferMessage message)
    {
        bool isWanted = message.Outputs.Count == 0;
        foreach (RequestedOutput asked in message.Outputs)
        {
            isWanted |= asked.Name == output.Name && asked.Shared is null;
        }

        return isWanted;
    }
}
