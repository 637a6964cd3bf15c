using System.Collections.Immutable;
using System.Globalization;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Shapes;

public sealed class DynamicInferenceTests
{
    // More streams than calls at a time: what a failed inference leaves in one stream stays there while others compute.
    [Test]
    [Arguments(1, "1")]
    [Arguments(1, "2")]
    [Arguments(2, "2")]
    public async Task ShapesThatDoNotGoTogether_NeverGetAnAnswer(int requests, string streams)
    {
        using CompiledModel compiled = TwoBranches(streams);
        using InferRequestPool pool = new([.. Enumerable.Range(0, requests).Select(_ => MakeSlot(compiled))], 100);
        Signature signature = new(Ports(compiled.Inputs), Ports(compiled.Outputs));
        DynamicInference inference = new(signature, new ShapeHistory(signature), pool, int.Parse(streams, CultureInfo.InvariantCulture));
        List<string> wrong = [];
        await Task.WhenAll(Enumerable.Range(2, 6).Select(caller => Task.Run(async () =>
        {
            for (int call = 0; call < 100; call++)
            {
                long others = call % 5 == caller % 5 ? caller + 1 : caller;
                string got = await ComputeAsync(inference, pool, caller, others);
                if (got != (others == caller ? $"{caller}" : "refused"))
                {
                    lock (wrong)
                    {
                        wrong.Add($"{caller} and {others} rows: {got}");
                    }
                }
            }
        })));

        await Assert.That(wrong).IsEmpty();
    }

    private static async Task<string> ComputeAsync(DynamicInference inference, InferRequestPool pool, long rows, long others)
    {
        InferSlot slot = (await pool.RentAsync(CancellationToken.None)).Value!;
        try
        {
            slot.SetInput(0, Tensor.Allocate(ElementType.F32, [rows, 4]));
            slot.SetInput(1, Tensor.Allocate(ElementType.F32, [others, 4]));
            EngineFault fault = await inference.InferAsync(slot, [[rows, 4], [others, 4]], CancellationToken.None);
            if (!fault.IsNone)
            {
                return "refused";
            }

            using Tensor output = slot.GetOutput(0);
            return $"{output.GetShape()[0]}";
        }
        finally
        {
            slot.Return();
        }
    }

    // The engine finds out that the rows of a and b do not go together when it has begun with both branches.
    private static CompiledModel TwoBranches(string streams)
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        int a = ir.Layer("SoftMax", "?,4", [ir.Parameter("a", "?,4")], "axis=\"1\" ");
        int b = ir.Layer("SoftMax", "?,4", [ir.Parameter("b", "?,4")], "axis=\"1\" ");
        ir.Result(ir.Layer("Add", "?,4", [a, b], "auto_broadcast=\"numpy\" "), "y");
        using Model model = Engine.Core.ReadModel(ir.WriteTo(folder.Path));
        return Engine.Core.Compile(model, "CPU", [new("NUM_STREAMS", streams)]);
    }

    private static InferSlot MakeSlot(CompiledModel compiled) =>
        new(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: false), 2);

    private static ImmutableArray<TensorInfo> Ports(IReadOnlyList<PortInfo> ports) =>
        [.. ports.Select(static port => new TensorInfo(port.Index, port.Name!, port.ElementType, port.Shape, "N..."))];
}
