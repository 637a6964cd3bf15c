using System.Text;
using Ovms.Inference;
using Ovms.Inference.Checks;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Inference.Bytes;

/// <summary>Texts in rows of U8, both ways.</summary>
public sealed class PackedTextTests
{
    private static readonly Dimension s_any = Dimension.Dynamic;

    [Test]
    public async Task Texts_BecomeRowsThatEndInNul()
    {
        (Outcome outcome, InferMessage message) = await PackAsync(new PartialShape(s_any, s_any), "abc", "", "Grüße");
        using InferMessage owned = message;
        await Assert.That(outcome.Text).IsEqualTo("OK");
        await Assert.That(message.Inputs[0].Datatype).IsEqualTo("UINT8");
        await Assert.That(message.Inputs[0].Shape).IsEquivalentTo([3L, 8], CollectionOrdering.Matching);
        await Assert.That(Encoding.UTF8.GetString(message.Inputs[0].Content!.Bytes)).IsEqualTo("abc\0\0\0\0\0" + "\0\0\0\0\0\0\0\0" + "Grüße\0");
    }

    [Test]
    public async Task LongerRows_AreFilledUp()
    {
        (Outcome outcome, InferMessage message) = await PackAsync(PartialShape.Of(2, 6), "ab", "c");
        using InferMessage owned = message;
        await Assert.That(outcome.Text).IsEqualTo("OK");
        await Assert.That(message.Inputs[0].Shape).IsEquivalentTo([2L, 6], CollectionOrdering.Matching);
        await Assert.That(Encoding.UTF8.GetString(message.Inputs[0].Content!.Bytes)).IsEqualTo("ab\0\0\0\0c\0\0\0\0\0");
    }

    [Test]
    [Arguments("abcdef", "ab", "Invalid input shape - Expected batch size: 2; got: 2; Expected max null terminated string length: 6; got: 7; input name: t")]
    [Arguments("abc", null, "Invalid input shape - Expected batch size: 2; got: 1; Expected max null terminated string length: 6; got: 4; input name: t")]
    [Arguments("abcde", "ab", "OK")]
    public async Task WhatDoesNotFit_IsRefused(string first, string? second, string text)
    {
        (Outcome outcome, InferMessage message) = await PackAsync(PartialShape.Of(2, 6), second is null ? [first] : [first, second]);
        message.Dispose();
        await Assert.That(outcome.Text).IsEqualTo(text);
    }

    [Test]
    public async Task OneLongTextAmongMany_IsMeasuredBeforeItIsPacked()
    {
        byte[] packed = [.. BitConverter.GetBytes(1 << 20), .. new byte[1 << 20], .. new byte[4 * 2000]];
        Signature signature = Model(new PartialShape(s_any, s_any));
        using InferMessage message = Requests.Message(Requests.Raw("t", "BYTES", [2001], packed));
        await Assert.That(RequestValidator.Check(signature, message).Text).IsEqualTo(
            "String tensor exceeds the maximum size - Expected: at most 1073741824 bytes; Actual: 2001 strings of up to 1048577 bytes with the NUL behind each; input name: t");
    }

    [Test]
    public async Task WrongShape_IsRefused()
    {
        using InferMessage message = Requests.Message(Requests.Raw("t", "BYTES", [1, 1], Requests.Packed("a")));
        await Assert.That(RequestValidator.Check(Model(new PartialShape(s_any, s_any)), message).Text).IsEqualTo(
            "Invalid number of shape dimensions - Expected number of input shape dimensions: 1; Actual: 2; input name: t");
    }

    [Test]
    public async Task Rows_BecomeTexts()
    {
        Tensor rows = Tensor.Allocate(ElementType.U8, [3, 4]);
        "ab\0xabcd\0\0\0\0"u8.CopyTo(rows.Bytes);
        using Tensor texts = TextRows.Unpack(rows);
        await Assert.That(texts.GetShape()).IsEquivalentTo([3L], CollectionOrdering.Matching);
        await Assert.That(Enumerable.Range(0, 3).Select(i => Encoding.UTF8.GetString(texts.GetString(i)))).IsEquivalentTo(["ab", "abcd", ""], CollectionOrdering.Matching);
    }

    private static Signature Model(PartialShape shape) => new([new TensorInfo(0, "t", ElementType.U8, shape, "N...")], []);

    private static async Task<(Outcome Outcome, InferMessage Message)> PackAsync(PartialShape shape, params string[] texts)
    {
        Signature signature = Model(shape);
        InferMessage message = Requests.Message(Requests.Raw("t", "BYTES", [texts.Length], Requests.Packed(texts)));
        Outcome outcome = RequestValidator.Check(signature, message);
        return (outcome.IsOk ? await new BytesConversion(ConversionBudget.OfThisMachine()).ConvertAsync(signature, message, CancellationToken.None) : outcome, message);
    }
}
