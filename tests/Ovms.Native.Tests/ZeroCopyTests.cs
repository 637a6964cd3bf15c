using System.Runtime.InteropServices;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>The caller's memory is read and written in place.</summary>
public class ZeroCopyTests
{
    [Test]
    [Arguments(0)]
    [Arguments(1)]
    [Arguments(3)]
    public async Task HostPointer_IsReadInPlaceAtAnyAlignment(int offset)
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using HostBuffer buffer = new(40, offset);
        buffer.Floats.Fill(1);
        using Tensor input = buffer.AsTensor([1, 10]);
        request.SetInput(0, input);

        request.Infer();
        float first = FirstOutput(request);
        buffer.Floats.Fill(41);
        request.Infer();

        await Assert.That(first).IsEqualTo(2f);
        await Assert.That(FirstOutput(request)).IsEqualTo(42f);
        await Assert.That(AddressOf(request.GetInput(0))).IsEqualTo(buffer.Address);
    }

    [Test]
    [Arguments(0)]
    [Arguments(1)]
    public async Task OwnOutputBuffer_IsWrittenInPlace(int offset)
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        using HostBuffer buffer = new(40, offset);
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        using Tensor output = buffer.AsTensor([1, 10]);
        request.SetInput(0, input);
        request.SetOutput(0, output);

        request.Infer();

        await Assert.That(buffer.Floats.ToArray()).IsEquivalentTo([1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f], CollectionOrdering.Matching);
        await Assert.That(AddressOf(request.GetOutput(0))).IsEqualTo(buffer.Address);
    }

    [Test]
    public async Task OwnOutputBuffer_OfADynamicModel_TakesTheShapeThatFits()
    {
        using CompiledModel compiled = Cpu.Compile("dynamic");
        using InferRequest request = compiled.CreateInferRequest();
        using HostBuffer buffer = new(6 * sizeof(float), 0);
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [2, 3], [1, 2, 3, 4, 5, 6]);
        using Tensor output = buffer.AsTensor([2, 3]);
        request.SetInput(0, input);
        request.SetOutput(0, output);

        request.Infer();

        await Assert.That(buffer.Floats.ToArray()).IsEquivalentTo([2f, 4f, 6f, 8f, 10f, 12f], CollectionOrdering.Matching);
    }

    private static float FirstOutput(InferRequest request)
    {
        using Tensor output = request.GetOutput(0);
        return Cpu.Values<float>(output)[0];
    }

    private static unsafe long AddressOf(Tensor tensor)
    {
        using (tensor)
            return (long)tensor.Data;
    }

    private sealed unsafe class HostBuffer(int bytes, int offset) : IDisposable
    {
        private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + offset), 64);

        internal long Address => (long)(_memory + offset);

        internal Span<float> Floats => new(_memory + offset, bytes / sizeof(float));

        internal Tensor AsTensor(ReadOnlySpan<long> shape) => Tensor.FromHost(ElementType.F32, shape, _memory + offset);

        public void Dispose() => NativeMemory.AlignedFree(_memory);
    }
}
