using System.Collections.Immutable;
using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Health;
using Ovms.Serving.Preparation;
using Ovms.Serving.Requests;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Health;

/// <summary>The shapes of zeros: those that the model has computed with, else the least ones; and what it then remembers.</summary>
public sealed class ZeroAttemptTests
{
    [Test]
    public async Task NothingComputedYet_TakesTheLeastShapesAndRemembersThem()
    {
        using CompiledModel compiled = Compile(static ir => ir.Layer("SoftMax", "2..8,?", [ir.Parameter("a", "2..8,?")], "axis=\"1\" "));
        Signature signature = SignatureOf(compiled);
        ShapeHistory history = new(signature);

        await Assert.That((await RunAsync(compiled, signature, history)).Detail ?? "").IsEmpty();

        await Assert.That(TextOf(history.Latest)).IsEqualTo("2x1");
    }

    [Test]
    public async Task LatestShapes_AreTakenWhereThereAreSome()
    {
        // Only even sizes can be computed, so that the least one fails.
        using CompiledModel compiled = Halves();
        Signature signature = SignatureOf(compiled);
        ShapeHistory history = new(signature);
        history.Remember([[6]]);
        history.Remember([[4]]);

        await Assert.That((await RunAsync(compiled, signature, history)).Detail ?? "").IsEmpty();

        await Assert.That(TextOf(history.Latest)).IsEqualTo("4");
    }

    [Test]
    public async Task ShapesThatFail_AreNotRemembered()
    {
        using CompiledModel compiled = Halves();
        Signature signature = SignatureOf(compiled);
        ShapeHistory history = new(signature);

        await Assert.That((await RunAsync(compiled, signature, history)).IsNone).IsFalse();

        await Assert.That(history.Latest).IsNull();
        await Assert.That(history.Contains([[1]])).IsFalse();
    }

    [Test]
    public async Task InputLargerThanAMessage_IsAFaultAndNotMade()
    {
        using CompiledModel compiled = Halves();
        Signature signature = new([new TensorInfo(0, "a", ElementType.F32, PartialShape.Of(3, 1 << 28), "...")], []);

        EngineFault fault = await RunAsync(compiled, signature, history: null);

        await Assert.That(fault.Status).IsEqualTo(OvStatus.OutOfBounds);
        await Assert.That(fault.Detail).IsEqualTo("input a of shape (3,268435456) is too large");
    }

    private static async Task<EngineFault> RunAsync(CompiledModel compiled, Signature signature, ShapeHistory? history)
    {
        OutputMemory requests = new(compiled, isDynamic: true, TargetDevice.Cpu);
        ZeroAttempt attempt = new(signature, requests, history, history?.Gate, CancellationToken.None);
        EngineFault fault = await attempt.Ended;
        attempt.Free();
        return fault;
    }

    private static CompiledModel Halves() => Compile(static ir =>
        ir.Layer("Reshape", "2,?", [ir.Parameter("a", "?"), ir.Numbers(2, -1)], "special_zero=\"false\" "));

    private static CompiledModel Compile(Func<TinyIr, int> layers)
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        ir.Result(layers(ir), "b");
        using Model model = Engine.Core.ReadModel(ir.WriteTo(folder.Path));
        return Engine.Compile(model);
    }

    private static Signature SignatureOf(CompiledModel compiled) =>
        SignatureReader.Read(compiled.Inputs, compiled.Outputs, Layouts(compiled.Inputs), Layouts(compiled.Outputs)).Value!;

    private static ImmutableArray<string> Layouts(IReadOnlyList<PortInfo> ports) => [.. ports.Select(static _ => "...")];

    private static string TextOf(long[][]? shapes) => string.Join(' ', (shapes ?? []).Select(static shape => string.Join('x', shape)));
}
