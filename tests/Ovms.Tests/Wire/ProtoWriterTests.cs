using System.Buffers;
using Google.Protobuf;
using Ovms.Wire;

namespace Ovms.Tests.Wire;

public sealed class ProtoWriterTests
{
    [Test]
    public async Task EveryLengthOfVarint_IsAsLongAsMeasuredAndReadsBack()
    {
        for (int bits = 0; bits <= 64; bits++)
        {
            ulong largest = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
            ArrayBufferWriter<byte> output = new();
            new ProtoWriter(output).WriteVarint(largest);

            await Assert.That(ProtoSize.Varint(largest)).IsEqualTo(output.WrittenCount);
            await Assert.That(new CodedInputStream(output.WrittenSpan.ToArray()).ReadUInt64()).IsEqualTo(largest);
        }
    }

    [Test]
    [Arguments(1, "")]
    [Arguments(1, "model")]
    [Arguments(16, "größe 模型 🦊")]
    public async Task Text_IsAsLongAsMeasuredAndReadsBack(int field, string text)
    {
        ArrayBufferWriter<byte> output = new();
        new ProtoWriter(output).WriteText(field, text);
        CodedInputStream input = new(output.WrittenSpan.ToArray());

        await Assert.That(ProtoSize.Text(field, text)).IsEqualTo(output.WrittenCount);
        await Assert.That(input.ReadTag() >> 3).IsEqualTo(text.Length == 0 ? 0u : (uint)field);
        await Assert.That(text.Length == 0 ? "" : input.ReadString()).IsEqualTo(text);
    }

    [Test]
    public async Task Packed_IsAsLongAsMeasuredAndReadsBack()
    {
        long[] values = [0, 1, 224, 3_000_000_000, long.MaxValue, -1];
        ArrayBufferWriter<byte> output = new();
        new ProtoWriter(output).WritePacked(3, values);
        CodedInputStream input = new(output.WrittenSpan.ToArray());

        await Assert.That(ProtoSize.Field(3, ProtoSize.Packed(values))).IsEqualTo(output.WrittenCount);
        await Assert.That(input.ReadTag()).IsEqualTo((3u << 3) | 2);
        await Assert.That(input.ReadLength()).IsEqualTo((int)ProtoSize.Packed(values));
        foreach (long value in values)
        {
            await Assert.That(input.ReadInt64()).IsEqualTo(value);
        }
    }

    [Test]
    public async Task NothingPacked_IsNotWritten()
    {
        ArrayBufferWriter<byte> output = new();
        new ProtoWriter(output).WritePacked(3, []);
        await Assert.That(output.WrittenCount).IsEqualTo(0);
    }
}
