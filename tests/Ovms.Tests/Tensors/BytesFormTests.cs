using System.Buffers;
using Ovms.Tensors;

namespace Ovms.Tests.Tensors;

public sealed class BytesFormTests
{
    [Test]
    [Arguments("", "None")]
    [Arguments("00000000", "Whole: None")]
    [Arguments("03000000616263", "Whole:616263 None")]
    [Arguments("0100000061" + "00000000" + "020000006263", "Whole:61 Whole: Whole:6263 None")]
    [Arguments("0100000061" + "010000", "Whole:61 HasNoLength")]
    [Arguments("01", "HasNoLength")]
    [Arguments("01000000", "IsCutOff")]
    [Arguments("FFFFFFFF61", "IsCutOff")]
    [Arguments("0000008061", "IsCutOff")]
    public async Task Elements_AreWalkedUpToTheFirstFault(string hex, string expected) =>
        await Assert.That(Walk(Convert.FromHexString(hex))).IsEqualTo(expected);

    [Test]
    public async Task WhatIsWritten_IsReadAgain_InEveryWayOfWriting()
    {
        byte[][] elements = [[], [1], [2, 3, 4], new byte[1000]];
        using NativeBuffer appended = new();
        using NativeBuffer committed = new(0);
        ArrayBufferWriter<byte> written = new();
        foreach (byte[] element in elements)
        {
            await Assert.That(BytesForm.TryAppend(appended, new ReadOnlySequence<byte>(element))).IsTrue();
            await Assert.That(Decode(committed, element)).IsTrue();
            BytesForm.Write(written, element);
        }

        string expected = string.Join(' ', elements.Select(static element => $"Whole:{Convert.ToHexString(element)}").Append("None"));
        await Assert.That(Walk(written.WrittenSpan)).IsEqualTo(expected);
        await Assert.That(Walk(appended.Bytes)).IsEqualTo(expected);
        await Assert.That(Walk(committed.Bytes)).IsEqualTo(expected);
    }

    [Test]
    public async Task TooLargeAnElement_IsRefusedAndLeavesWhatWasThere()
    {
        using NativeBuffer buffer = new();
        await Assert.That(BytesForm.TryAppend(buffer, new ReadOnlySequence<byte>([7]))).IsTrue();
        await Assert.That(BytesForm.TryReserve(buffer, NativeBuffer.MaxLength, out _)).IsFalse();
        await Assert.That(Walk(buffer.Bytes)).IsEqualTo("Whole:07 None");
    }

    // More room than the element turns out to need, as for texts with escapes.
    private static bool Decode(NativeBuffer destination, byte[] element)
    {
        if (!BytesForm.TryReserve(destination, element.Length + 5, out Span<byte> room))
        {
            return false;
        }

        element.CopyTo(room);
        BytesForm.Commit(destination, element.Length);
        return true;
    }

    private static string Walk(ReadOnlySpan<byte> content)
    {
        List<string> found = [];
        BytesElements elements = new(content);
        BytesElement step;
        do
        {
            step = elements.Read(out ReadOnlySpan<byte> element, out _);
            found.Add(step == BytesElement.Whole ? $"Whole:{Convert.ToHexString(element)}" : step.ToString());
        }
        while (step == BytesElement.Whole);
        return string.Join(' ', found);
    }
}
