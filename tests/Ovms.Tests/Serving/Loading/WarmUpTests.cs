using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Loading;
using Ovms.Serving.Preparation;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Loading;

/// <summary>Inferences that do not end in time: their model is not served, and is not freed under them.</summary>
internal sealed class WarmUpTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(1);

    [Test]
    public async Task InferenceWithoutAnAnswer_IsTheDevicesTrouble()
    {
        (LoadedModel loaded, ZeroInference zeros) = LongModel();
        WarmUp warm = WarmUp.Run(loaded, zeros, TargetDevice.Parse("GPU").Value!, s_short);
        await Assert.That(warm.Trouble).IsEqualTo("a first inference with zeros did not end within 0 s");
        await Assert.That(warm.Refused).IsNull();
        await loaded.FreeAsync("long");
    }

    [Test]
    public async Task Patience_IsTwoMinutes() => await Assert.That(WarmUp.Patience).IsEqualTo(TimeSpan.FromMinutes(2));

    [Test]
    public async Task ModelThatStillComputes_IsFreedAfterIt()
    {
        (LoadedModel loaded, ZeroInference zeros) = LongModel();
        await Assert.That(zeros.Run(s_short)).IsEqualTo(ZeroResult.NoAnswer);
        await Assert.That(zeros.IsHanging).IsTrue();
        Task late = zeros.LateEnded;
        await loaded.FreeAsync("long");
        await Assert.That(late.IsCompleted).IsTrue();
    }

    // About a second of one CPU: y = x times x, 2000 wide.
    private static (LoadedModel Loaded, ZeroInference Zeros) LongModel()
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        int input = ir.Parameter("x", "2000,2000");
        int product = input;
        for (int i = 0; i < 4; i++)
        {
            product = ir.Layer("MatMul", "2000,2000", [product, input], "transpose_a=\"false\" transpose_b=\"false\" ");
        }

        ir.Result(product, "y");
        using Model read = Engine.Core.ReadModel(ir.WriteTo(folder.Path));
        CompiledModel compiled = Engine.Compile(read);
        Signature signature = SignatureReader.Read(compiled.Inputs, compiled.Outputs, ["..."], ["..."]).Value!;
        ZeroInference zeros = new(signature, new OutputMemory(compiled, isDynamic: false, TargetDevice.Cpu));
        InferSlot slot = new(new RequestRun(compiled.CreateInferRequest(), canBeCancelled: true), 1);
        return (new LoadedModel(signature, new InferRequestPool([slot], 1), compiled) { Zeros = zeros }, zeros);
    }
}
