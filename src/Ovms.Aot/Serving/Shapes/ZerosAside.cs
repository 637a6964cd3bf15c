using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>Computes with zeros in the request of a slot, between the calls of a dynamic model.</summary>
/// <param name="signature">The model's signature.</param>
internal sealed class ZerosAside(Signature signature)
{
    // Each of several inference streams must compute once. OpenVINO chooses the stream, the longest idle one, so that a few rounds reach
    // them all. But a stream that has just computed and is not idle yet may take the next inference too; where other work keeps the
    // processors busy, it may do so many times. So some rounds wait first, until the stream is idle.
    private const int QuickRoundsPerStream = 4;
    private const int PatientRoundsPerStream = 2;
    private const int MostRounds = 32;

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(1);

    // The tensors must not take the machine's memory. In bytes.
    private const long LargestTensor = 256 << 20;

    /// <summary>Computes, once in each stream. The caller has passed the model's gate alone.</summary>
    /// <param name="slot">The slot; its call's inputs are replaced.</param>
    /// <param name="shapes">The shapes, in the order of the model's inputs.</param>
    /// <param name="streams">Number of streams.</param>
    /// <param name="isPatient">Whether to reach every stream also where the processors are busy, which takes milliseconds.</param>
    /// <returns>False if an inference failed or the tensors would be too large.</returns>
    public async ValueTask<bool> ComputeAsync(InferSlot slot, long[][] shapes, int streams, bool isPatient)
    {
        Tensor?[] tensors = new Tensor?[shapes.Length];
        try
        {
            for (int i = 0; i < shapes.Length; i++)
            {
                tensors[i] = ZeroTensor.TryMake(signature.Inputs[i], shapes[i], LargestTensor);
            }

            bool isComputed = Array.TrueForAll(tensors, static tensor => tensor is not null);
            int quick = streams == 1 ? 1 : Math.Min(streams * QuickRoundsPerStream, MostRounds);
            int patient = streams == 1 || !isPatient ? 0 : Math.Max(streams + 1, Math.Min(streams * PatientRoundsPerStream, MostRounds));
            for (int round = 0; isComputed && round < quick + patient; round++)
            {
                if (round >= quick)
                {
                    await Task.Delay(s_patience).ConfigureAwait(false);
                }

                isComputed = (await slot.ComputeAsideAsync(tensors!).ConfigureAwait(false)).IsNone;
            }

            return isComputed;
        }
        catch (OpenVinoException)
        {
            return false;
        }
        finally
        {
            foreach (Tensor? tensor in tensors)
            {
                tensor?.Dispose();
            }
        }
    }
}
