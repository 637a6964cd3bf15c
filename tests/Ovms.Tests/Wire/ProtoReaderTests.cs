using System.Buffers;
using Google.Protobuf;
using Ovms.Wire;

namespace Ovms.Tests.Wire;

public sealed class ProtoReaderTests
{
    [Test]
    [Arguments("00", 0UL)]
    [Arguments("01", 1UL)]
    [Arguments("7F", 127UL)]
    [Arguments("8001", 128UL)]
    [Arguments("FFFFFFFF0F", (ulong)uint.MaxValue)]
    [Arguments("FFFFFFFFFFFFFFFF7F", (ulong)long.MaxValue)]
    [Arguments("FFFFFFFFFFFFFFFFFF01", ulong.MaxValue)]
    [Arguments("8080808000", 0UL)]
    public async Task Varint_IsReadWhereverItIsCut(string hex, ulong expected)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int length = 1; length <= bytes.Length; length++)
        {
            await Assert.That(ReadVarint(Segments.Of(bytes, length))).IsEqualTo(expected);
        }
    }

    [Test]
    [Arguments("", "it ends inside a number")]
    [Arguments("80", "it ends inside a number")]
    [Arguments("FFFFFFFFFFFFFFFFFF", "it ends inside a number")]
    [Arguments("FFFFFFFFFFFFFFFFFFFF01", "a number has more than 10 bytes")]
    public async Task BadVarint_IsRefused(string hex, string why)
    {
        MalformedProtoException? refused = await Assert.That(() => { ReadVarint(Segments.Of(Convert.FromHexString(hex), 1)); }).Throws<MalformedProtoException>();
        await Assert.That(refused!.Message).Contains(why).And.Contains("of the message");
    }

    [Test]
    [Arguments("08", 1, (int)WireType.Varint)]
    [Arguments("3A", 7, (int)WireType.LengthDelimited)]
    [Arguments("35", 6, (int)WireType.Fixed32)]
    [Arguments("39", 7, (int)WireType.Fixed64)]
    [Arguments("F8FFFFFF0F", 536870911, (int)WireType.Varint)]
    public async Task Tag_GivesFieldAndType(string hex, int field, int type)
    {
        await Assert.That(ReadTag(hex)).IsEqualTo((field, (WireType)type));
    }

    [Test]
    [Arguments("00")] // Field 0.
    [Arguments("0E")]
    [Arguments("0F")]
    [Arguments("F8FFFFFF1F")] // More than 32 bits.
    public async Task NoTagOfProto3_IsRefused(string hex)
    {
        await Assert.That(() => { ReadTag(hex); }).Throws<MalformedProtoException>().WithMessageContaining("is not the tag of a protobuf field");
    }

    // Group 1 with a number, and within it group 2; then field 1.
    [Test]
    [Arguments("0B1001130C", null)]
    [Arguments("0B1001140C08", null)]
    [Arguments("0B100113140C0801", 1)]
    [Arguments("0C", null)]
    [Arguments("0B1001", null)]
    public async Task Group_IsPassedOver_WhereItEnds(string hex, int? field)
    {
        if (field is null)
        {
            await Assert.That(() => { ReadTag(hex); }).Throws<MalformedProtoException>().WithMessageContaining("group");
            return;
        }

        await Assert.That(ReadTag(hex)!.Value.Item1).IsEqualTo(field.Value);
    }

    [Test]
    public async Task GroupsTooDeep_AreRefused() =>
        await Assert.That(() => { ReadTag(string.Concat(Enumerable.Repeat("0B", 1000))); }).Throws<MalformedProtoException>().WithMessageContaining("deep");

    [Test]
    public async Task EmptyMessage_HasNoTag() => await Assert.That(ReadTag("")).IsNull();

    [Test]
    [Arguments("0401020304", "01020304")]
    [Arguments("00", "")]
    public async Task LengthDelimited_IsASliceOfTheSource(string hex, string expected)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int length = 1; length <= bytes.Length; length++)
        {
            await Assert.That(Convert.ToHexString(ReadBytes(Segments.Of(bytes, length)))).IsEqualTo(expected);
        }
    }

    [Test]
    [Arguments("05010203", "a field claims 5 bytes where 3 are left")]
    [Arguments("FFFFFFFFFFFFFFFFFF01", "a field claims 18446744073709551615 bytes where 0 are left")]
    public async Task LyingLength_IsRefused(string hex, string why)
    {
        await Assert.That(() => { ReadBytes(Segments.Of(Convert.FromHexString(hex), 2)); }).Throws<MalformedProtoException>().WithMessageContaining(why);
    }

    [Test]
    [Arguments("")]
    [Arguments("ascii")]
    [Arguments("größe 模型 🦊\0end")]
    public async Task Text_IsReadWhereverItIsCut(string text)
    {
        byte[] bytes = Delimited(System.Text.Encoding.UTF8.GetBytes(text));
        for (int length = 1; length <= bytes.Length; length++)
        {
            await Assert.That(ReadText(Segments.Of(bytes, length))).IsEqualTo(text);
        }
    }

    [Test]
    [Arguments("FF")]
    [Arguments("C3")]
    [Arguments("EDA080")] // Half of a surrogate pair.
    [Arguments("C080")] // NUL in two bytes.
    public async Task TextThatIsNotUtf8_IsRefused(string hex)
    {
        byte[] bytes = Delimited(Convert.FromHexString(hex));
        await Assert.That(() => { ReadText(Segments.Of(bytes, 1)); }).Throws<MalformedProtoException>().WithMessageContaining("a text is not UTF-8");
    }

    [Test]
    public async Task TextAtTheLimit_IsRead_LongerIsRefused()
    {
        byte[] longest = Delimited(Enumerable.Repeat((byte)'a', ProtoReader.MaxTextLength).ToArray());
        byte[] longer = Delimited(Enumerable.Repeat((byte)'a', ProtoReader.MaxTextLength + 1).ToArray());

        await Assert.That(ReadText(Segments.Of(longest, 4096)).Length).IsEqualTo(ProtoReader.MaxTextLength);
        await Assert.That(() => { ReadText(Segments.Of(longer, 4096)); }).Throws<MalformedProtoException>().WithMessageContaining("65537 bytes where 65536 are taken");
    }

    [Test]
    [Arguments("00000000", 0u)]
    [Arguments("0000803F", 0x3F800000u)]
    public async Task Fixed32_IsLittleEndian(string hex, uint expected)
    {
        byte[] bytes = Convert.FromHexString(hex);
        for (int length = 1; length <= bytes.Length; length++)
        {
            await Assert.That(ReadFixed32(Segments.Of(bytes, length))).IsEqualTo(expected);
        }
    }

    [Test]
    public async Task Fixed_CutShort_IsRefused()
    {
        await Assert.That(() => { ReadFixed32(Segments.Of([1, 2, 3], 1)); }).Throws<MalformedProtoException>().WithMessageContaining("it ends 1 bytes too early");
    }

    [Test]
    public async Task RandomBytes_AreReadOrRefusedAndNothingElse()
    {
        Random random = new(20);
        int read = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = new byte[random.Next(0, 40)];
            random.NextBytes(bytes);
            // Small numbers make tags and lengths that fit, so that reading goes on.
            for (int k = 0; k < bytes.Length; k++)
            {
                bytes[k] = random.Next(3) == 0 ? bytes[k] : (byte)(bytes[k] % 24);
            }

            read += TrySkipAll(Segments.Random(bytes, random)) ? 1 : 0;
        }

        await Assert.That(read).IsBetween(100, 19_900);
    }

    private static byte[] Delimited(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true))
        {
            output.WriteBytes(ByteString.CopyFrom(bytes));
        }

        return stream.ToArray();
    }

    private static ulong ReadVarint(ReadOnlySequence<byte> bytes) => new ProtoReader(bytes).ReadVarint();

    private static uint ReadFixed32(ReadOnlySequence<byte> bytes) => new ProtoReader(bytes).ReadFixed32();

    private static byte[] ReadBytes(ReadOnlySequence<byte> bytes) => new ProtoReader(bytes).ReadLengthDelimited().ToArray();

    private static string ReadText(ReadOnlySequence<byte> bytes) => new ProtoReader(bytes).ReadText();

    private static (int Field, WireType Type)? ReadTag(string hex) =>
        new ProtoReader(Segments.Of(Convert.FromHexString(hex), 1)).TryReadTag(out int field, out WireType type) ? (field, type) : null;

    private static bool TrySkipAll(ReadOnlySequence<byte> bytes)
    {
        try
        {
            ProtoReader reader = new(bytes);
            while (reader.TryReadTag(out _, out WireType type))
            {
                reader.Skip(type);
            }

            return reader.End && reader.Position == bytes.Length;
        }
        catch (MalformedProtoException)
        {
            return false;
        }
    }
}
