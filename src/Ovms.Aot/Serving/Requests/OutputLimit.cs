using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Serving.Requests;

/// <summary>
/// The largest output that the server sends. A model of free shapes can compute a larger one than any front end can write.
/// </summary>
internal static class OutputLimit
{
    /// <summary>Bytes of one output, as of one input.</summary>
    public const long Most = NativeBuffer.MaxLength;

    /// <summary>Checks an output's size.</summary>
    /// <param name="name">The output.</param>
    /// <param name="bytes">Its bytes in the engine's form.</param>
    /// <returns>Ok, or that it cannot be sent.</returns>
    public static Outcome Check(string name, long bytes) => bytes <= Most
        ? Outcome.Ok
        : Outcome.Fail(
            StatusCode.AnswerTooLarge,
            $"Output {name} has {bytes} bytes where {Most} may be sent; ask for fewer outputs, a smaller shape or a smaller batch");

    /// <summary>Checks the sizes of all outputs of an answer.</summary>
    /// <returns>Ok, or the first output that cannot be sent.</returns>
    public static Outcome Check(ReadOnlySpan<OutputTensor> outputs)
    {
        foreach (OutputTensor output in outputs)
        {
            // Elements of less than a byte: their number is counted, too.
            long size = output.Info.ElementType == Native.ElementType.String ? 0 : Math.Max(output.ByteSize, output.ElementCount);
            if (size > Most)
            {
                return Check(output.Info.Name, size);
            }
        }

        return Outcome.Ok;
    }
}
