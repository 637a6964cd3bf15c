using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Shapes;

/// <summary>The small inference after a large one.</summary>
public sealed class MemoryReleaseTests
{
    [Test]
    public async Task SmallInference_ReplacesTheLargeOne()
    {
        using CompiledModel compiled = Compile(static ir => ir.Layer("SoftMax", "?", [ir.Parameter("a", "?")], "axis=\"0\" "));
        using InferRequestPool pool = PoolOf(compiled);
        InferSlot slot = (await pool.RentAsync(CancellationToken.None)).Value!;
        MemoryRelease release = new(SignatureOf(compiled), 1);
        await Assert.That(await ComputeAsync(slot, 1000)).IsEqualTo("1000");

        await release.RunAsync(slot);

        // The request has the inputs and the output of the small one.
        using (Tensor output = slot.GetOutput(0))
        {
            await Assert.That(string.Join(',', output.GetShape())).IsEqualTo("1");
        }

        await Assert.That(await ComputeAsync(slot, 1000)).IsEqualTo("1000");
        slot.Return();
    }

    [Test]
    public async Task ModelThatCannotComputeItsLeastShape_IsHealedAndLeftAlone()
    {
        using CompiledModel compiled = Compile(static ir =>
            ir.Layer("Reshape", "2,?", [ir.Parameter("a", "?"), ir.Numbers(2, -1)], "special_zero=\"false\" "));
        using InferRequestPool pool = PoolOf(compiled);
        Signature signature = SignatureOf(compiled);
        ShapeHistory history = new(signature);
        InferSlot slot = (await pool.RentAsync(CancellationToken.None)).Value!;
        MemoryRelease release = new(signature, 1) { Dynamic = new DynamicInference(signature, history, pool, 1) };
        await Assert.That(await ComputeAsync(slot, 1000)).IsEqualTo("2,500");
        history.Remember([[1000]]);

        await release.RunAsync(slot);
        await Assert.That(await ComputeAsync(slot, 1000)).IsEqualTo("2,500");
        await release.RunAsync(slot);

        // The second time it left the request as it was.
        using (Tensor output = slot.GetOutput(0))
        {
            await Assert.That(string.Join(',', output.GetShape())).IsEqualTo("2,500");
        }

        slot.Return();
    }

    private static async Task<string> ComputeAsync(InferSlot slot, long size)
    {
        slot.SetInput(0, Tensor.Allocate(ElementType.F32, [size]));
        await Assert.That((await slot.ComputeAsync(CancellationToken.None)).Detail ?? "").IsEmpty();
        using Tensor output = slot.GetOutput(0);
        return string.Join(',', output.GetShape());
    }

    private static CompiledModel Compile(Func<TinyIr, int> layers)
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        ir.Result(layers(ir), "b");
        using Model model = Engine.Core.ReadModel(ir.WriteTo(folder.Path));
        return Engine.Compile(model);
    }

    private static InferRequestPool PoolOf(CompiledModel compiled) =>
        new([new InferSlot(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: false), 1)], 1);

    private static Signature SignatureOf(CompiledModel compiled) => new(Ports(compiled.Inputs), Ports(compiled.Outputs));

    private static ImmutableArray<TensorInfo> Ports(IReadOnlyList<PortInfo> ports) =>
        [.. ports.Select(static port => new TensorInfo(port.Index, port.Name!, port.ElementType, port.Shape, "..."))];
}
