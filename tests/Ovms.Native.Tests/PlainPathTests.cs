using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>From file to result, once for each test model that has plain tensors.</summary>
public class PlainPathTests
{
    [Test]
    public async Task Dummy_AddsOne()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        float[] values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], values);

        request.SetInput(0, input);
        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(Cpu.Values<float>(output)).IsEquivalentTo(values.Select(static value => value + 1), CollectionOrdering.Matching);
        await Assert.That(output.GetShape()).IsEquivalentTo([1L, 10L], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Strings_PassThrough()
    {
        using CompiledModel compiled = Cpu.Compile("passthrough_string");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Tensor.CreateStrings([2], [3, 20], "abc01234567890123456789"u8);

        request.SetInput(0, input);
        request.Infer();

        using Tensor output = request.GetOutput(0);
        string[] texts = [System.Text.Encoding.UTF8.GetString(output.GetString(0)), System.Text.Encoding.UTF8.GetString(output.GetString(1))];
        await Assert.That(texts).IsEquivalentTo(["abc", "01234567890123456789"], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Layout_IsTransposedOnTheWayIn()
    {
        using Core core = new();
        using Model read = core.ReadModel(Repo.Model("increment_1x3x4x5"));
        using PrePostProcessor processor = new(read);
        processor.Input(0).SetLayout("NHWC").SetModelLayout("NCHW");
        using Model model = processor.Build();
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);

        await Assert.That(compiled.Inputs[0].Shape).IsEqualTo(PartialShape.Of(1, 4, 5, 3));
    }
}
