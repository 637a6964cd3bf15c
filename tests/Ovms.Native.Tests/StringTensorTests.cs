using System.Text;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Strings in and out: objects of the C++ library, read and written in place.</summary>
public class StringTensorTests
{
    /// <summary>Lengths on both sides of 15, the most that libstdc++ keeps in the object itself; NUL; non-ASCII; not UTF-8.</summary>
    private static readonly byte[][] s_samples =
    [
        [],
        "a"u8.ToArray(),
        "fifteen bytes.."u8.ToArray(),
        "sixteen bytes..."u8.ToArray(),
        "naïve Straße 日本語 🙂"u8.ToArray(),
        "NUL\0inside"u8.ToArray(),
        "\0"u8.ToArray(),
        "a NUL \0 in a long string, and one at its end\0"u8.ToArray(),
        [0xFF, 0xFE, 0x80],
        Encoding.ASCII.GetBytes(new string('x', 100_000)),
    ];

    [Test]
    public async Task Strings_GoThroughAModelByteForByte()
    {
        using CompiledModel compiled = Cpu.Compile("passthrough_string");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Create([s_samples.Length], s_samples);

        request.SetInput(0, input);
        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(output.GetShape()).IsEquivalentTo([(long)s_samples.Length], CollectionOrdering.Matching);
        for (int i = 0; i < s_samples.Length; i++)
            await Assert.That(output.GetString(i).SequenceEqual(s_samples[i])).IsTrue();
    }

    [Test]
    public async Task EveryLengthTo64_SurvivesRepeatedRequests()
    {
        using CompiledModel compiled = Cpu.Compile("passthrough_string");
        using InferRequest request = compiled.CreateInferRequest();
        byte[][] rising = [.. Enumerable.Range(0, 65).Select(static length => Enumerable.Range(0, length).Select(static i => (byte)i).ToArray())];
        byte[][] falling = [.. rising.Reverse()];
        int wrong = 0;

        // Falling after rising: each output string is assigned over one of another length.
        foreach (byte[][] strings in new[] { rising, falling, rising[..3] })
        {
            using Tensor input = Create([strings.Length], strings);
            request.SetInput(0, input);
            request.Infer();
            using Tensor output = request.GetOutput(0);
            for (int i = 0; i < strings.Length; i++)
                wrong += output.GetString(i).SequenceEqual(strings[i]) ? 0 : 1;
        }

        await Assert.That(wrong).IsEqualTo(0);
    }

    [Test]
    public async Task ByteSize_Is32ForEachString()
    {
        using Tensor tensor = Create([s_samples.Length], s_samples);

        await Assert.That(tensor.ElementType).IsEqualTo(ElementType.String);
        await Assert.That(tensor.ByteSize).IsEqualTo((nuint)(32 * s_samples.Length));
    }

    [Test]
    public async Task StringTensors_HaveShapesLikeOthers()
    {
        using Tensor matrix = Create([2, 2], ["a"u8.ToArray(), "b"u8.ToArray(), "c"u8.ToArray(), "d"u8.ToArray()]);
        using Tensor scalar = Create([], ["one"u8.ToArray()]);
        using Tensor empty = Create([0], []);

        await Assert.That(matrix.GetShape()).IsEquivalentTo([2L, 2L], CollectionOrdering.Matching);
        await Assert.That(Encoding.UTF8.GetString(matrix.GetString(3))).IsEqualTo("d");
        await Assert.That(scalar.GetShape()).IsEmpty();
        await Assert.That(Encoding.UTF8.GetString(scalar.GetString(0))).IsEqualTo("one");
        await Assert.That(empty.Count).IsEqualTo(0);
    }

    [Test]
    public async Task WrongCountsAndLengths_AreRefusedBeforeTheCall()
    {
        await Assert.That(() => Tensor.CreateStrings([3], [1, 1], "ab"u8)).Throws<ArgumentException>();
        await Assert.That(() => Tensor.CreateStrings([2], [1, 2], "ab"u8)).Throws<ArgumentException>();
        await Assert.That(() => Tensor.CreateStrings([2], [-1, 3], "ab"u8)).Throws<ArgumentException>();
        await Assert.That(() => Tensor.CreateStrings([2], [int.MaxValue, int.MaxValue], "ab"u8)).Throws<ArgumentException>();
    }

    [Test]
    public async Task WrongUseOfStringTensors_IsRefused()
    {
        using Tensor strings = Create([1], ["a"u8.ToArray()]);
        using Tensor numbers = Tensor.Allocate(ElementType.U8, [4]);

        await Assert.That(() => { _ = strings.Bytes.Length; }).Throws<InvalidOperationException>();
        await Assert.That(() => { _ = numbers.GetString(0).Length; }).Throws<InvalidOperationException>();
        await Assert.That(() => { _ = strings.GetString(1).Length; }).Throws<ArgumentOutOfRangeException>();
        await Assert.That(() => { _ = strings.GetString(-1).Length; }).Throws<ArgumentOutOfRangeException>();
        await Assert.That(StringsOverHostMemory).Throws<ArgumentException>();
    }

    private static Tensor Create(long[] shape, byte[][] strings) =>
        Tensor.CreateStrings(shape, [.. strings.Select(static text => text.Length)], [.. strings.SelectMany(static text => text)]);

    private static unsafe void StringsOverHostMemory()
    {
        long memory = 0;
        Tensor.FromHost(ElementType.String, [1], &memory).Dispose();
    }
}
