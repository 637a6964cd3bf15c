using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Who keeps whom alive. No handle of ours holds another.</summary>
public class LifetimeTests
{
    [Test]
    public async Task Request_OutlivesCompiledModelModelAndCore()
    {
        InferRequest request;
        using (CompiledModel compiled = Cpu.Compile("dummy"))
            request = compiled.CreateInferRequest();
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);

        request.SetInput(0, input);
        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(Cpu.Values<float>(output)).IsEquivalentTo(Enumerable.Repeat(2f, 10), CollectionOrdering.Matching);
        request.Dispose();
    }

    [Test]
    public async Task OutputTensor_OutlivesTheRequest()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        InferRequest request = compiled.CreateInferRequest();
        using (Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]))
            request.SetInput(0, input);
        request.Infer();

        Tensor output = request.GetOutput(0);
        request.Dispose();

        await Assert.That(Cpu.Values<float>(output)).IsEquivalentTo(Enumerable.Repeat(3f, 10), CollectionOrdering.Matching);
        output.Dispose();
    }

    [Test]
    public async Task InputTensor_MayBeDisposedOnceItIsSet()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using (Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3]))
            request.SetInput(0, input);

        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(Cpu.Values<float>(output)).IsEquivalentTo(Enumerable.Repeat(4f, 10), CollectionOrdering.Matching);
    }

    [Test]
    public async Task State_BelongsToTheRequest()
    {
        using CompiledModel compiled = Cpu.Compile("accumulator");
        using InferRequest first = compiled.CreateInferRequest();
        using InferRequest second = compiled.CreateInferRequest();

        List<float> sums = [Step(first, 1), Step(second, 10), Step(first, 2), Step(second, 20)];
        using InferRequest fresh = compiled.CreateInferRequest();
        sums.Add(Step(fresh, 5));

        await Assert.That(sums).IsEquivalentTo([1f, 10f, 3f, 30f, 5f], CollectionOrdering.Matching);
    }

    private static float Step(InferRequest request, float value)
    {
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 1], [value]);
        request.SetInput(0, input);
        request.Infer();
        using Tensor output = request.GetOutput(0);
        return Cpu.Values<float>(output)[0];
    }
}
