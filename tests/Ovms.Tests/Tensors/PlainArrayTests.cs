using System.Globalization;
using System.Text;
using System.Text.Json;
using Ovms.Native;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

public sealed class PlainArrayTests
{
    private static readonly ElementType[] s_floats = [ElementType.F32, ElementType.F64, ElementType.F16, ElementType.BF16];

    public static IEnumerable<ElementType> Floats() => s_floats;

    [Test]
    [MethodDataSource(nameof(Floats))]
    public async Task WhatIsReadTheShortWay_HasTheSameBytesAsTheLongWay(ElementType type)
    {
        Random random = new(7);
        int shortWays = 0;
        for (int round = 0; round < 3000; round++)
        {
            string text = RandomArray(random, depth: 0);
            shortWays += Compare(type, text) ? 1 : 0;
        }

        await Assert.That(shortWays).IsGreaterThan(500);
    }

    [Test]
    [MethodDataSource(nameof(Floats))]
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

        await Assert.That(Compare(type, "[0.5,-1.25, 3]")).IsTrue();
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
    public async Task AnythingElse_IsLeftToTheFullReader(string text)
    {
        using NativeBuffer buffer = new();
        await Assert.That(TensorMarshaler.For(ElementType.F32).TryReadPlainJson(Encoding.UTF8.GetBytes(text), buffer, out _, out _)).IsFalse();
    }

    [Test]
    public async Task Length_IsThatOfTheValue_WhateverFollows()
    {
        using NativeBuffer buffer = new();
        bool read = TensorMarshaler.For(ElementType.F32).TryReadPlainJson("[[1, 2.5],\n [3,4] ] , \"shape\": [2,2]}"u8, buffer, out int length, out long count);
        await Assert.That(read).IsTrue();
        await Assert.That(length).IsEqualTo("[[1, 2.5],\n [3,4] ]".Length);
        await Assert.That(count).IsEqualTo(4);
    }

    [Test]
    public async Task EveryPrefixOfAnArray_IsLeftToTheFullReader()
    {
        byte[] text = "[[1.5,-2],[0.25, 4]]"u8.ToArray();
        for (int length = 0; length < text.Length; length++)
        {
            using NativeBuffer buffer = new();
            await Assert.That(TensorMarshaler.For(ElementType.F32).TryReadPlainJson(text.AsSpan(0, length), buffer, out _, out _)).IsFalse();
        }
    }

    // Whether the short way was taken.
    private static bool Compare(ElementType type, string text)
    {
        byte[] json = Encoding.UTF8.GetBytes(text);
        TensorMarshaler marshaler = TensorMarshaler.For(type);
        using NativeBuffer quick = new();
        using NativeBuffer full = new();
        if (!marshaler.TryReadPlainJson(json, quick, out int length, out long count))
        {
            return false;
        }

        Utf8JsonReader reader = new(json);
        reader.Read();
        bool isRead = marshaler.ReadJson(ref reader, full, out long expected).IsOk;
        return isRead && count == expected && length == json.Length && quick.Bytes.SequenceEqual(full.Bytes)
            ? true
            : throw new InvalidOperationException($"{type} reads {text} in two ways.");
    }

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
