using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Preparation;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Health;

public class ZeroInferenceTests
{
    // Long enough for a slow machine; no test waits for it.
    private static readonly TimeSpan s_ample = TimeSpan.FromMinutes(5);

    [Test]
    [Arguments("dummy")]
    [Arguments("dynamic")]
    [Arguments("passthrough_string")]
    [Arguments("all_types")]
    [Arguments("accumulator")]
    [Arguments("scalar")]
    public async Task Model_ThatCanCompute_IsWell(string model)
    {
        using Model read = Engine.Core.ReadModel(Path.Combine(Repo.Model(model), "1", $"{model}.xml"));
        using CompiledModel compiled = Engine.Compile(read);
        ZeroInference zeros = Of(compiled, new ShapeGate());

        ZeroResult first = await zeros.RunAsync(s_ample);
        ZeroResult second = zeros.Run(s_ample);

        await Assert.That(first.Fault.Detail ?? "").IsEmpty();
        await Assert.That(first.IsWell).IsTrue();
        await Assert.That(second.IsWell).IsTrue();
    }

    [Test]
    public async Task Shape_ThatTheModelCannotCompute_IsAFault()
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        int input = ir.Parameter("a", "?");
        ir.Result(ir.Layer("Reshape", "2,?", [input, ir.Numbers(2, -1)], "special_zero=\"false\" "), "b");
        using Model read = Engine.Core.ReadModel(ir.WriteTo(folder.Path));
        using CompiledModel compiled = Engine.Compile(read);

        ZeroResult result = await Of(compiled, new ShapeGate()).RunAsync(s_ample);

        await Assert.That(result.HasAnswer).IsTrue();
        await Assert.That(result.IsWell).IsFalse();
        await Assert.That(result.Fault.Detail).Contains("Reshape");
    }

    [Test]
    public async Task GateThatDoesNotOpen_IsNoAnswer_AndTheNextOneComputes()
    {
        using Model read = Engine.Core.ReadModel(Path.Combine(Repo.Model("dynamic"), "1", "dynamic.xml"));
        using CompiledModel compiled = Engine.Compile(read);
        ShapeGate gate = new();
        ZeroInference zeros = Of(compiled, gate);
        await gate.EnterAsync(alone: false, CancellationToken.None);

        ZeroResult behind = await zeros.RunAsync(TimeSpan.FromMilliseconds(20));
        gate.Leave();
        ZeroResult next = await zeros.RunAsync(s_ample);

        await Assert.That(behind).IsEqualTo(ZeroResult.NoAnswer);
        await Assert.That(behind.IsWell).IsFalse();
        await Assert.That(next.IsWell).IsTrue();
        await Assert.That(zeros.IsHanging).IsFalse();
    }

    // Beside a first inference that takes minutes, a probe with a deadline of seconds must end.
    [Test]
    public async Task DeadlineCountsTheWaitForAnEarlierInference()
    {
        using Model read = Engine.Core.ReadModel(Path.Combine(Repo.Model("dynamic"), "1", "dynamic.xml"));
        using CompiledModel compiled = Engine.Compile(read);
        ShapeGate gate = new();
        ZeroInference zeros = Of(compiled, gate);
        await gate.EnterAsync(alone: false, CancellationToken.None);
        Task<ZeroResult> earlier = zeros.RunAsync(s_ample);

        ZeroResult probe = await zeros.RunAsync(TimeSpan.FromMilliseconds(20));
        bool hasEnded = earlier.IsCompleted;
        gate.Leave();

        await Assert.That(probe).IsEqualTo(ZeroResult.NoAnswer);
        await Assert.That(hasEnded).IsFalse();
        await Assert.That((await earlier).IsWell).IsTrue();
        await Assert.That((await zeros.RunAsync(s_ample)).IsWell).IsTrue();
    }

    [Test]
    [Arguments("(1,3)", 1, 3)]
    [Arguments("(-1,3)", 1, 3)]
    [Arguments("(2:8,0)", 2, 0)]
    public async Task LeastShape_HasElementsWhereItMay(string _, long rows, long columns)
    {
        PartialShape shape = _ switch
        {
            "(1,3)" => PartialShape.Of(1, 3),
            "(-1,3)" => new PartialShape(Dimension.Dynamic, Dimension.Of(3)),
            _ => new PartialShape(Dimension.Range(2, 8), Dimension.Of(0)),
        };

        await Assert.That(ZeroTensor.LeastShape(new TensorInfo(0, "a", ElementType.F32, shape, "N..."))).IsEquivalentTo([rows, columns]);
    }

    private static ZeroInference Of(CompiledModel compiled, ShapeGate gate)
    {
        Signature signature = SignatureReader
            .Read(compiled.Inputs, compiled.Outputs, [.. compiled.Inputs.Select(_ => "...")], [.. compiled.Outputs.Select(_ => "...")])
            .Value!;
        return new ZeroInference(signature, new OutputMemory(compiled, isDynamic: true, TargetDevice.Cpu), gate: gate);
    }
}
