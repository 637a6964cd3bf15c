using System.Globalization;
using System.Text;
using System.Text.Json;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

public sealed class PlainArrayTests
{
    private static readonly ElementType[] s_numbers =
    [
        ElementType.F32, ElementType.F64, ElementType.F16, ElementType.BF16, ElementType.I8, ElementType.I16, ElementType.I32, ElementType.I64, ElementType.U8, ElementType.U16,
        ElementType.U32, ElementType.U64,
    ];

    public static IEnumerable<ElementType> Numbers() => s_numbers;

    [Test]
    [MethodDataSource(nameof(Numbers))]
    public async Task WhatIsReadTheShortWay_HasTheSameBytesAsTheLongWay(ElementType type)
    {
        Random random = new(7);
        int shortWays = 0;
        for (int round = 0; round < 3000; round++)
        {
            string text = RandomArrayFor(type, random);
            shortWays += Compare(type, text) ? 1 : 0;
        }

        await Assert.That(shortWays).IsGreaterThan(500);
    }

    [Test]
    [MethodDataSource(nameof(Numbers))]
    public async Task NumbersAtTheEdges_HaveTheSameBytesAsTheLongWay(ElementType type)
    {
        string[] numbers =
        [
            "0", "-0", "0.0", "-0.0", "1", "0.1", "16777217", "16777219", "9007199254740993", "9007199254740992", "65504", "65519.99", "65520", "0.5000000298023224",
            "1.00000005960464477539", "1.000000059604644775", "1.000000059604644", "2049", "2051", "0.00000005960464477539063", "3.4028235", "340282350000000", "255.99609375", "1e5", "1E-3", "-1.5e+2",
            "12345678901234567890", "0.1234567890123456789", "340282346638528859811704183484516925440", "0.000000000000000000001",
        ];
        foreach (string number in numbers)
        {
            Compare(type, $"[{number}]");
        }

        await Assert.That(Compare(type, "[0, 17 ,3]")).IsTrue();
    }

    [Test]
    [Arguments("")]
    [Arguments("1")]
    [Arguments("[")]
    [Arguments("[]")]
    [Arguments("[1")]
    [Arguments("[1,")]
    [Arguments("[1,]")]
    [Arguments("[,1]")]
    [Arguments("[1 2]")]
    [Arguments("[01]")]
    [Arguments("[+1]")]
    [Arguments("[.5]")]
    [Arguments("[1.]")]
    [Arguments("[-]")]
    [Arguments("[1}")]
    [Arguments("[[1][2]]")]
    [Arguments("[[1],]")]
    [Arguments("[\"NaN\"]")]
    [Arguments("[1,null]")]
    [Arguments("[1/2]")]
    [Arguments("[[1],[2,3]]")]
    [Arguments("[1,[2]]")]
    [Arguments("[[1],2]")]
    [Arguments("[[[1]],[2]]")]
    [Arguments("[[1],[]]")]
    public async Task AnythingElse_IsLeftToTheFullReader(string text)
    {
        using NativeBuffer buffer = new();
        await Assert.That(TryRead(ElementType.F32, Encoding.UTF8.GetBytes(text), buffer, out _, out _)).IsFalse();
        await Assert.That(buffer.Length).IsEqualTo(0);
    }

    [Test]
    public async Task Length_IsThatOfTheValue_WhateverFollows()
    {
        using NativeBuffer buffer = new();
        bool read = TryRead(ElementType.F32, "[[1, 2.5],\n [3,4] ] , \"shape\": [2,2]}"u8, buffer, out PlainLength length, out long[] shape);
        await Assert.That(read).IsTrue();
        await Assert.That(length.Bytes).IsEqualTo("[[1, 2.5],\n [3,4] ]".Length);
        await Assert.That(length.Count).IsEqualTo(4);
        await Assert.That(shape).IsEquivalentTo(new long[] { 2, 2 });
    }

    [Test]
    public async Task WhatIsRead_IsAppended_AndTakenBackWhereItIsNotPlain()
    {
        using NativeBuffer buffer = new();
        await Assert.That(TryRead(ElementType.I32, "[[1],[2],[3]]"u8, buffer, out _, out _)).IsTrue();
        await Assert.That(TryRead(ElementType.I32, "[4,5,6,true]"u8, buffer, out _, out _)).IsFalse();
        await Assert.That(TryRead(ElementType.I32, "[7]"u8, buffer, out _, out _)).IsTrue();
        await Assert.That(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(buffer.Bytes).ToArray()).IsEquivalentTo(new[] { 1, 2, 3, 7 });
    }

    [Test]
    [Arguments(ElementType.U8, "[256]")]
    [Arguments(ElementType.U8, "[-1]")]
    [Arguments(ElementType.I8, "[128]")]
    [Arguments(ElementType.I8, "[-129]")]
    [Arguments(ElementType.I32, "[2147483648]")]
    [Arguments(ElementType.I64, "[9223372036854775808]")]
    [Arguments(ElementType.U64, "[18446744073709551616]")]
    [Arguments(ElementType.I32, "[1.5]")]
    [Arguments(ElementType.I32, "[1e10]")]
    [Arguments(ElementType.I32, "[1e-1]")]
    [Arguments(ElementType.F32, "[1e39]")]
    [Arguments(ElementType.F16, "[65520]")]
    [Arguments(ElementType.F64, "[1e309]")]
    public async Task ValuesOutOfRange_AreLeftToTheFullReader(ElementType type, string text)
    {
        using NativeBuffer buffer = new();
        await Assert.That(TryRead(type, Encoding.UTF8.GetBytes(text), buffer, out _, out _)).IsFalse();
    }

    [Test]
    [Arguments(ElementType.I8, "[-128,127]", new long[] { -128, 127 })]
    [Arguments(ElementType.I64, "[-9223372036854775808,9223372036854775807]", new[] { long.MinValue, long.MaxValue })]
    [Arguments(ElementType.I64, "[-9223372036854775808.0,9223372036854775807.000]", new[] { long.MinValue, long.MaxValue })]
    [Arguments(ElementType.I64, "[1.0,-2.0,1e3,1.5E1,-0.0,120e-1,0.00e99999]", new long[] { 1, -2, 1000, 15, 0, 12, 0 })]
    [Arguments(ElementType.I8, "[1.27e2,-1280.0e-1]", new long[] { 127, -128 })]
    public async Task Limits_AreRead(ElementType type, string text, long[] expected)
    {
        using NativeBuffer buffer = new();
        await Assert.That(TryRead(type, Encoding.UTF8.GetBytes(text), buffer, out _, out _)).IsTrue();
        long[] found = type == ElementType.I8
            ? [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(buffer.Bytes).ToArray().Select(static value => (long)value)]
            : System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(buffer.Bytes).ToArray();
        await Assert.That(found).IsEquivalentTo(expected);
    }

    [Test]
    public async Task ShortWay_FindsTheShapeThatIsMeasured()
    {
        Random random = new(3);
        for (int round = 0; round < 500; round++)
        {
            byte[] text = Encoding.UTF8.GetBytes(Tensor(random, random.Next(1, 5)));
            using NativeBuffer buffer = new();
            bool isRead = TryRead(ElementType.F32, text, buffer, out _, out long[] shape);
            await Assert.That(isRead).IsTrue();
            await Assert.That(shape.SequenceEqual(Measured(text))).IsTrue();
        }

        string Tensor(Random random, int rank)
        {
            int[] dimensions = [.. Enumerable.Range(0, rank).Select(_ => random.Next(1, 4))];
            return Level(0);

            string Level(int level) => level == rank ? RandomNumber(random) : $"[{string.Join(random.Next(2) == 0 ? "," : ", ", Enumerable.Range(0, dimensions[level]).Select(_ => Level(level + 1)))}]";
        }

        static long[] Measured(byte[] text)
        {
            Span<long> lengths = stackalloc long[Ovms.Frontends.Rest.Json.JsonFault.MaxDepth + 1];
            return Ovms.Frontends.Rest.Json.ArrayNesting.Measure(text, lengths, out int rank) is null ? lengths.Slice(1, rank).ToArray() : [];
        }
    }

    [Test]
    public async Task EveryPrefixOfAnArray_IsLeftToTheFullReader()
    {
        byte[] text = "[[1.5,-2],[0.25, 4]]"u8.ToArray();
        for (int length = 0; length < text.Length; length++)
        {
            using NativeBuffer buffer = new();
            await Assert.That(TryRead(ElementType.F32, text.AsSpan(0, length), buffer, out _, out _)).IsFalse();
        }
    }

    private static bool TryRead(ElementType type, ReadOnlySpan<byte> text, NativeBuffer destination, out PlainLength read, out long[] shape)
    {
        Span<long> lengths = stackalloc long[PlainArray.MostLevels + 1];
        bool isRead = TensorMarshaler.For(type).TryReadPlainJson(text, destination, lengths, out read);
        shape = isRead ? lengths.Slice(1, read.Rank).ToArray() : [];
        return isRead;
    }

    // Whether the short way was taken.
    private static bool Compare(ElementType type, string text)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        using NativeBuffer quick = new();
        using NativeBuffer full = new();
        if (!TryRead(type, json, quick, out PlainLength length, out _))
        {
            return false;
        }

        Utf8JsonReader reader = new(json);
        reader.Read();
        bool isRead = TensorMarshaler.For(type).ReadJson(ref reader, full, out long expected).IsOk;
        return isRead && length.Count == expected && length.Bytes == json.Length && quick.Bytes.SequenceEqual(full.Bytes)
            ? true
            : throw new InvalidOperationException($"{type} reads {text} in two ways.");
    }

    // Most of the rounds of a whole type are of numbers that it has.
    private static string RandomArrayFor(ElementType type, Random random) => type.ToString()[0] is 'I' or 'U' && random.Next(8) > 0
        ? $"[{string.Join(',', Enumerable.Range(0, random.Next(1, 9)).Select(_ => (random.NextInt64(type.ToString()[0] == 'I' ? long.MinValue : 0, long.MaxValue) >> random.Next(55, 64)).ToString(CultureInfo.InvariantCulture)))}]"
        : RandomArray(random, depth: 0);

    private static string RandomArray(Random random, int depth)
    {
        IEnumerable<string> items = Enumerable.Range(0, random.Next(1, 5)).Select(_ => depth < 3 && random.Next(3) == 0 ? RandomArray(random, depth + 1) : RandomNumber(random));
        return "[" + string.Join(random.Next(4) == 0 ? " ,\n\t" : ",", items) + (random.Next(4) == 0 ? " ]" : "]");
    }

    private static string RandomNumber(Random random) => random.Next(6) switch
    {
        0 => random.Next(-1000, 1000).ToString(CultureInfo.InvariantCulture),
        1 => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)) is var single && float.IsFinite(single) ? single.ToString("R", CultureInfo.InvariantCulture) : "0",
        2 => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        3 => (random.Next(1 << 24) / 65536.0).ToString(CultureInfo.InvariantCulture),
        4 => Math.Round(random.NextDouble() * 255, random.Next(1, 9)).ToString(CultureInfo.InvariantCulture),
        _ => $"{random.Next(100)}.{random.NextInt64(0, 1L << 40)}",
    };
}
