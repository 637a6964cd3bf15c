using System.Threading.Channels;
using Ovms.Native;
using Ovms.Serving.Requests;

namespace Ovms.Bench;

/// <summary>
/// Measures the engine alone, without the server. The inputs of its infer requests are set once. Inferences run where the server would run
/// them, short ones on the calling thread and others on the engine's. If all were handed over, the server could be faster than the engine.
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
        EngineFault fault = await slot.ComputeAsync(CancellationToken.None).ConfigureAwait(false);
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
