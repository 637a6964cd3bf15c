using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Table;

namespace Ovms.Inference;

/// <summary>Lets the large outputs of a dynamic model go before its infer request serves the next call.</summary>
internal static class OutputRelease
{
    /// <summary>Gives the infer request back when another one is in its place, and the lease after it.</summary>
    /// <param name="slot">Has no inputs and outputs that anybody reads.</param>
    /// <param name="lease">Keeps the pool alive.</param>
    public static async Task ReturnAsync(InferSlot slot, ServableLease lease)
    {
        ShapeGate gate = slot.Gate!;
        await gate.EnterAsync(alone: true, CancellationToken.None).ConfigureAwait(false);
        try
        {
            slot.Renew();
        }
        catch (OpenVinoException)
        {
            // There is no memory for another one. The slot keeps its request; the next large call tries again.
        }
        finally
        {
            gate.Leave();
            slot.Return();
            lease.Dispose();
        }
    }
}
