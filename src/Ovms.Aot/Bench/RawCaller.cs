using System.Threading.Channels;
using Ovms.Native;
using Ovms.Serving.Requests;

namespace Ovms.Bench;

/// <summary>
/// Measures the engine alone, without the server. Starts infer requests asynchronously, one after the other; their inputs are set once. No
/// inference runs synchronously on the calling thread.
/// </summary>
internal sealed class RawCaller(Channel<InferSlot> idle) : BenchCaller
{
    /// <summary>Rents all infer requests of a pool and binds the input to each.</summary>
    public static async Task<Channel<InferSlot>> PrepareAsync(ISlotSource pool, BenchInput input)
    {
        Channel<InferSlot> slots = Channel.CreateBounded<InferSlot>(pool.Size);
        for (int i = 0; i < pool.Size; i++)
        {
            InferSlot slot = (await pool.RentAsync(CancellationToken.None).ConfigureAwait(false)).Value!;
            input.BindTo(slot);
            slots.Writer.TryWrite(slot);
        }

        return slots;
    }

    public override async ValueTask CallAsync()
    {
        InferSlot slot = await idle.Reader.ReadAsync().ConfigureAwait(false);
        EngineFault fault = await slot.HandOverAsync(CancellationToken.None).ConfigureAwait(false);
        idle.Writer.TryWrite(slot);
        if (!fault.IsNone)
        {
            throw new IOException(
                $"OpenVINO cannot compute with the input that was made up for the model: {EngineText.Clean(fault.Detail)}. Give --shape.");
        }
    }

    public override void Dispose()
    {
    }
}
