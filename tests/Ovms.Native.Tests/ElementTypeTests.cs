using System.Runtime.InteropServices;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Every element type there is.</summary>
public class ElementTypeTests
{
    /// <summary>Bytes that 24 elements take; 24 fills the groups of the packed types.</summary>
    [Test]
    [Arguments(ElementType.Boolean, 24)]
    [Arguments(ElementType.BF16, 48)]
    [Arguments(ElementType.F16, 48)]
    [Arguments(ElementType.F32, 96)]
    [Arguments(ElementType.F64, 192)]
    [Arguments(ElementType.I4, 12)]
    [Arguments(ElementType.I8, 24)]
    [Arguments(ElementType.I16, 48)]
    [Arguments(ElementType.I32, 96)]
    [Arguments(ElementType.I64, 192)]
    [Arguments(ElementType.U1, 3)]
    [Arguments(ElementType.U2, 6)]
    [Arguments(ElementType.U3, 9)]
    [Arguments(ElementType.U4, 12)]
    [Arguments(ElementType.U6, 18)]
    [Arguments(ElementType.U8, 24)]
    [Arguments(ElementType.U16, 48)]
    [Arguments(ElementType.U32, 96)]
    [Arguments(ElementType.U64, 192)]
    [Arguments(ElementType.NF4, 12)]
    [Arguments(ElementType.F8E4M3, 24)]
    [Arguments(ElementType.F8E5M2, 24)]
    [Arguments(ElementType.String, 768)]
    [Arguments(ElementType.F4E2M1, 12)]
    [Arguments(ElementType.F8E8M0, 24)]
    public async Task Type_TakesItsBytes(ElementType type, int bytes)
    {
        using Tensor tensor = Tensor.Allocate(type, [2, 12]);

        await Assert.That(tensor.ByteSize).IsEqualTo((nuint)bytes);
        await Assert.That(tensor.Count).IsEqualTo(24);
        await Assert.That(tensor.ElementType).IsEqualTo(type);
    }

    [Test]
    public async Task NamesOfTheModelsPorts_AreTheTypesOfThePorts()
    {
        using CompiledModel compiled = Cpu.Compile("all_types");

        foreach (PortInfo port in compiled.Inputs)
            await Assert.That(port.Name).IsEqualTo($"in_{port.ElementType.ToString().ToLowerInvariant()}");
        await Assert.That(compiled.Inputs.Count).IsEqualTo(13);
    }

    [Test]
    public async Task EveryTypeOfTheModel_GoesThroughUnchanged()
    {
        using CompiledModel compiled = Cpu.Compile("all_types");

        await Assert.That(Echo<byte>(compiled, ElementType.Boolean, [0, 1, 1, 0])).IsEquivalentTo((byte[])[0, 1, 1, 0], CollectionOrdering.Matching);
        await Unchanged<sbyte>(compiled, ElementType.I8, [sbyte.MinValue, -1, 0, sbyte.MaxValue]);
        await Unchanged<byte>(compiled, ElementType.U8, [0, 1, 128, byte.MaxValue]);
        await Unchanged<short>(compiled, ElementType.I16, [short.MinValue, -1, 0, short.MaxValue]);
        await Unchanged<ushort>(compiled, ElementType.U16, [0, 1, 32_768, ushort.MaxValue]);
        await Unchanged<int>(compiled, ElementType.I32, [int.MinValue, -1, 0, int.MaxValue]);
        await Unchanged<uint>(compiled, ElementType.U32, [0, 1, 3_000_000_000, uint.MaxValue]);
        await Unchanged<long>(compiled, ElementType.I64, [int.MinValue, -1, 0, int.MaxValue]);
        await Unchanged<ulong>(compiled, ElementType.U64, [0, 1, 65_536, int.MaxValue]);
        await Unchanged<Half>(compiled, ElementType.F16, [Half.MinValue, Half.Zero, Half.Epsilon, Half.MaxValue]);
        // Bit patterns of bfloat16: -1, 0, 1, and the greatest.
        await Unchanged<ushort>(compiled, ElementType.BF16, [0xBF80, 0, 0x3F80, 0x7F7F]);
        await Unchanged<float>(compiled, ElementType.F32, [float.MinValue, 0, 1e-30f, float.MaxValue]);
        await Unchanged<double>(compiled, ElementType.F64, [-1.5, 0, 1e-30f, float.MaxValue]);
    }

    [Test]
    public async Task WideValues_AreNarrowedByTheCpuPlugin()
    {
        // The plugin computes 64-bit types in 32 bits, even where a model only moves them.
        using CompiledModel compiled = Cpu.Compile("all_types");

        long[] i64 = Echo<long>(compiled, ElementType.I64, [1L << 32, (1L << 40) + 7, long.MinValue, long.MaxValue]);
        ulong[] u64 = Echo<ulong>(compiled, ElementType.U64, [1UL << 32, (1UL << 40) + 7, 3_000_000_000, ulong.MaxValue]);
        double[] f64 = Echo<double>(compiled, ElementType.F64, [0.1, 1e300, 1e-300, -1e300]);

        await Assert.That(i64).IsEquivalentTo((long[])[0, 7, 0, -1], CollectionOrdering.Matching);
        await Assert.That(u64).IsEquivalentTo((ulong[])[0, 7, unchecked((ulong)(int)3_000_000_000), ulong.MaxValue], CollectionOrdering.Matching);
        await Assert.That(f64).IsEquivalentTo((double[])[0.1f, float.MaxValue, 0, float.MinValue], CollectionOrdering.Matching);
    }

    private static async Task Unchanged<T>(CompiledModel compiled, ElementType type, T[] values) where T : unmanaged =>
        await Assert.That(Echo(compiled, type, values)).IsEquivalentTo(values, CollectionOrdering.Matching);

    /// <summary>Sends four values through the ports of one type, and zeros through the others.</summary>
    private static T[] Echo<T>(CompiledModel compiled, ElementType type, T[] values) where T : unmanaged
    {
        using InferRequest request = compiled.CreateInferRequest();
        int index = compiled.Inputs.Single(port => port.ElementType == type).Index;
        foreach (PortInfo port in compiled.Inputs)
        {
            using Tensor input = Tensor.Allocate(port.ElementType, [1, 4]);
            input.Bytes.Clear();
            if (port.Index == index)
                MemoryMarshal.AsBytes<T>(values).CopyTo(input.Bytes);
            request.SetInput(port.Index, input);
        }
        request.Infer();
        using Tensor output = request.GetOutput(index);
        return Cpu.Values<T>(output);
    }
}
