using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;

namespace Ovms.Serving.Shapes;

/// <summary>Computes with zeros in the request of a slot, between the calls of a dynamic model.</summary>
/// <param name="signature">The model's signature.</param>
internal sealed class ZerosAside(Signature signature)
{
    // Each of several inference streams must compute once. OpenVINO chooses the stream, the longest idle one, so that a few rounds reach
    // them all.
    private const int RoundsPerRequest = 4;
    private const int MostRounds = 32;

    // The tensors must not take the machine's memory. In bytes.
    private const long LargestTensor = 256 << 20;

    /// <summary>How often to compute so that every stream does.</summary>
    /// <param name="requests">Number of infer requests.</param>
    public static int RoundsFor(int requests) => requests == 1 ? 1 : Math.Min(requests * RoundsPerRequest, MostRounds);

    /// <summary>Computes. The caller has passed the model's gate alone.</summary>
    /// <param name="slot">The slot; its call's inputs are replaced.</param>
    /// <param name="shapes">The shapes, in the order of the model's inputs.</param>
    /// <param name="rounds">How often to compute.</param>
    /// <returns>False if an inference failed or the tensors would be too large.</returns>
    public async ValueTask<bool> ComputeAsync(InferSlot slot, long[][] shapes, int rounds)
    {
        Tensor?[] tensors = new Tensor?[shapes.Length];
        try
        {
            for (int i = 0; i < shapes.Length; i++)
            {
                tensors[i] = ZeroTensor.TryMake(signature.Inputs[i], shapes[i], LargestTensor);
            }

            bool isComputed = Array.TrueForAll(tensors, static tensor => tensor is not null);
            for (int round = 0; isComputed && round < rounds; round++)
            {
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
