using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Ovms.Native;
using Ovms.Serving;
using Ovms.Serving.Requests;
using Ovms.Serving.Sequences;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Sequences;

/// <summary>Sequences over the accumulator model on the real engine: each call answers the sum of all numbers that its sequence was given.</summary>
internal static class Accumulator
{
    private static readonly Lazy<CompiledModel> s_compiled = new(Compile);

    public static SequenceStep Start(ulong id = 0) => new(new SequenceId(id), IsStart: true, IsEnd: false);

    public static SequenceStep Continue(ulong id) => new(new SequenceId(id), IsStart: false, IsEnd: false);

    public static SequenceStep End(ulong id) => new(new SequenceId(id), IsStart: false, IsEnd: true);

    /// <summary>A table without a servable.</summary>
    public static SequenceTable NewTable(int max = 500, bool cleansIdle = true, int turns = 2, int waiters = 64) =>
        new(new SequenceSettings(max, cleansIdle), static sequence => new InferSlot(new RequestRun(s_compiled.Value.CreateInferRequest(), canBeCancelled: true), 1) { Sequence = sequence }, turns, waiters);

    /// <summary>A servable under the model's name, or another; the last lease after its retirement frees it.</summary>
    public static Servable Serve(string name = "accumulator", int max = 500, int turns = 2)
    {
        CompiledModel compiled = Compile();
        Signature signature = new(Ports(compiled.Inputs), Ports(compiled.Outputs));
        SequenceTable table = new(new SequenceSettings(max, CleansIdle: true), sequence => new InferSlot(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: true), 1) { Sequence = sequence }, turns, 64);
        return new Servable(new ServableId(name, 1), new LoadedModel(signature, table, compiled));
    }

    /// <summary>One whole call; the sum, or why there is none.</summary>
    public static async Task<Outcome<float>> StepAsync(this SequenceTable table, SequenceStep step, float value)
    {
        Outcome<InferSlot> rented = await table.RentAsync(step, CancellationToken.None);
        if (!rented.IsOk)
        {
            return rented.WithoutValue;
        }

        float sum = await AddAsync(rented.Value, value);
        rented.Value.Return();
        return sum;
    }

    /// <summary>Rents for a call that must be let in.</summary>
    public static async Task<InferSlot> HoldAsync(this SequenceTable table, SequenceStep step) => (await table.RentAsync(step, CancellationToken.None)).Value!;

    /// <summary>Computes with a slot that is held.</summary>
    public static async Task<float> AddAsync(InferSlot slot, float value)
    {
        Tensor input = Tensor.Allocate(ElementType.F32, [1, 1]);
        MemoryMarshal.Cast<byte, float>(input.Bytes)[0] = value;
        slot.SetInput(0, input);
        await Assert.That((await slot.InferAsync(CancellationToken.None)).Status).IsEqualTo(OvStatus.Ok);
        using Tensor output = slot.GetOutput(0);
        return MemoryMarshal.Cast<byte, float>(output.Bytes)[0];
    }

    private static CompiledModel Compile()
    {
        using Model model = Engine.Core.ReadModel(Path.Combine(Repo.Model("accumulator"), "1", "accumulator.xml"));
        return Engine.Compile(model);
    }

    private static ImmutableArray<TensorInfo> Ports(IReadOnlyList<PortInfo> ports) =>
        [.. ports.Select(static port => new TensorInfo(port.Index, port.Name!, port.ElementType, port.Shape, "N..."))];
}
