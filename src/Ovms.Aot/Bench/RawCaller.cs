using System.Threading.Channels;
using Ovms.Native;
using Ovms.Serving.Requests;

namespace Ovms.Bench;

/// <summary>
/// The engine alone: infer requests whose inputs were set once, started asynchronously, one after the other. No server, and nothing
/// computed in place: what the engine's own asynchronous call gives.
/// </summary>
internal sealed class RawCaller(Channel<InferSlot> idle) : BenchCaller
{
    /// <summary>All infer requests of a pool, each with the input.</summary>
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
            throw new IOException($"OpenVINO cannot compute with the input that was made up for the model: {EngineText.Clean(fault.Detail)}. Give --shape.");
        }
    }

    public override void Dispose()
    {
    }
}
