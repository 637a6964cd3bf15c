using Google.Protobuf;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Tests.Tensors;

/// <summary>Values that a type cannot hold, values in the wrong place, bytes that are no message: each with its sentence.</summary>
public class RefusalTests
{
    [Test]
    [Arguments(ElementType.I8, "[1,128]", "value 1 is 128; INT8 takes whole numbers from -128 to 127")]
    [Arguments(ElementType.I8, "[-129]", "value 0 is -129; INT8 takes whole numbers from -128 to 127")]
    [Arguments(ElementType.U8, "[-1]", "value 0 is -1; UINT8 takes whole numbers from 0 to 255")]
    [Arguments(ElementType.I16, "[32768]", "value 0 is 32768; INT16 takes whole numbers from -32768 to 32767")]
    [Arguments(ElementType.U16, "[65536]", "value 0 is 65536; UINT16 takes whole numbers from 0 to 65535")]
    [Arguments(ElementType.I32, "[2147483648]", "value 0 is 2147483648; INT32 takes whole numbers from -2147483648 to 2147483647")]
    [Arguments(ElementType.U32, "[4294967296]", "value 0 is 4294967296; UINT32 takes whole numbers from 0 to 4294967295")]
    [Arguments(ElementType.I64, "[9223372036854775808]", "value 0 is 9223372036854775808; INT64 takes whole numbers from -9223372036854775808 to 9223372036854775807")]
    [Arguments(ElementType.U64, "[18446744073709551616]", "value 0 is 18446744073709551616; UINT64 takes whole numbers from 0 to 18446744073709551615")]
    [Arguments(ElementType.I32, "[1.5]", "value 0 is 1.5; INT32 takes whole numbers from -2147483648 to 2147483647")]
    [Arguments(ElementType.I32, "[1.0,1e-3]", "value 1 is 1e-3; INT32 takes whole numbers from -2147483648 to 2147483647")]
    [Arguments(ElementType.I32, "[2147483648.0]", "value 0 is 2147483648.0; INT32 takes whole numbers from -2147483648 to 2147483647")]
    [Arguments(ElementType.U8, "[-1.0]", "value 0 is -1.0; UINT8 takes whole numbers from 0 to 255")]
    [Arguments(ElementType.I64, "[1.00000000000000000001]", "value 0 is 1.00000000000000000001; INT64 takes whole numbers from -9223372036854775808 to 9223372036854775807")]
    [Arguments(ElementType.U64, "[1e20]", "value 0 is 1e20; UINT64 takes whole numbers from 0 to 18446744073709551615")]
    [Arguments(ElementType.U64, "[1e99999999999]", "value 0 is 1e99999999999; UINT64 takes whole numbers from 0 to 18446744073709551615")]
    [Arguments(ElementType.I32, "[\"1\"]", "value 0 is \"1\"; INT32 takes whole numbers from -2147483648 to 2147483647")]
    [Arguments(ElementType.I32, "[true]", "value 0 is true; INT32 takes whole numbers from -2147483648 to 2147483647")]
    [Arguments(ElementType.Boolean, "[0]", "value 0 is 0; BOOL takes true and false")]
    [Arguments(ElementType.Boolean, "[true,1]", "value 1 is 1; BOOL takes true and false")]
    [Arguments(ElementType.Boolean, "[\"true\"]", "value 0 is \"true\"; BOOL takes true and false")]
    [Arguments(ElementType.F16, "[65520]", "value 0 is 65520; FP16 takes numbers from -65504 to 65504 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.BF16, "[3.4e38]", "value 0 is 3.4e38; BF16 takes numbers from -3.3895314E+38 to 3.3895314E+38 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.F32, "[1e39]", "value 0 is 1e39; FP32 takes numbers from -3.4028235E+38 to 3.4028235E+38 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.F64, "[-1e309]", "value 0 is -1e309; FP64 takes numbers from -1.7976931348623157E+308 to 1.7976931348623157E+308 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.F32, "[\"nan\"]", "value 0 is \"nan\"; FP32 takes numbers from -3.4028235E+38 to 3.4028235E+38 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.F32, "[null]", "value 0 is null; FP32 takes numbers from -3.4028235E+38 to 3.4028235E+38 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.F32, "[{}]", "value 0 is an object; FP32 takes numbers from -3.4028235E+38 to 3.4028235E+38 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.String, "[\"a\",1]", "value 1 is 1; BYTES takes strings")]
    [Arguments(ElementType.String, "[{}]", "value 0 is an object; BYTES takes strings")]
    [Arguments(ElementType.String, "[\"\\ud83d\"]", "value 0 is not UTF-8 or has half a surrogate pair")]
    [Arguments(ElementType.U8, "[1111111111222222222233333333334444444444555]", "value 0 is 1111111111222222222233333333334444444444...; UINT8 takes whole numbers from 0 to 255")]
    public async Task JsonThatTheTypeCannotHold_IsRefused(ElementType type, string json, string detail)
    {
        foreach (int length in (int[])[int.MaxValue, 1, 3])
        {
            Moved moved = Marshaling.Json(type, json, length);
            await Assert.That(moved.Outcome.Code).IsEqualTo(StatusCode.RestCouldNotParseInput);
            await Assert.That(moved.Outcome.Detail).IsEqualTo(detail);
        }
    }

    [Test]
    public async Task JsonStringThatIsNotUtf8_IsRefused()
    {
        Moved moved = Marshaling.Json(ElementType.String, [(byte)'[', (byte)'"', 0xC3, (byte)'"', (byte)']']);
        await Assert.That(moved.Outcome.Detail).IsEqualTo("value 0 is not UTF-8 or has half a surrogate pair");
    }

    [Test]
    public async Task OutputThatIsNotUtf8_IsRefusedBeforeAnythingIsWritten()
    {
        (Outcome outcome, string json) = Marshaling.Write(ElementType.String, [1, 0, 0, 0, (byte)'a', 1, 0, 0, 0, 0xFF], 2);
        await Assert.That(outcome.Text).IsEqualTo("Output holds bytes that are not UTF-8 - string 1 of 2; ask for the output as binary data");
        await Assert.That(json).IsEmpty();
    }

    [Test]
    public async Task Names_StandForNanAndInfinity()
    {
        byte[] raw = BitConverter.GetBytes(float.NaN);
        await Assert.That(Marshaling.Write(ElementType.F32, raw, 1).Json).IsEqualTo("[\"NaN\"]");
        await Assert.That(float.IsNaN(BitConverter.ToSingle(Marshaling.Json(ElementType.F32, "[\"NaN\"]").Raw))).IsTrue();
        await Assert.That(double.IsNaN(BitConverter.ToDouble(Marshaling.Json(ElementType.F64, "[\"NaN\"]").Raw))).IsTrue();
        await Assert.That(Half.IsNaN(BitConverter.ToHalf(Marshaling.Json(ElementType.F16, "[\"NaN\"]").Raw))).IsTrue();
    }

    [Test]
    public async Task NanPayload_SurvivesTypedContents()
    {
        const uint Bits = 0x7FC12345;
        byte[] contents = Registry.Message(static output =>
        {
            output.WriteTag(6, WireFormat.WireType.Fixed32);
            output.WriteFixed32(Bits);
        });
        await Assert.That(BitConverter.ToUInt32(Marshaling.Typed(ElementType.F32, contents).Raw)).IsEqualTo(Bits);
    }

    [Test]
    [Arguments(ElementType.I8, 2, 128L, "value 0 is 128; INT8 takes whole numbers from -128 to 127")]
    [Arguments(ElementType.I16, 2, -32769L, "value 0 is -32769; INT16 takes whole numbers from -32768 to 32767")]
    [Arguments(ElementType.U8, 4, 256L, "value 0 is 256; UINT8 takes whole numbers from 0 to 255")]
    [Arguments(ElementType.U16, 4, 65536L, "value 0 is 65536; UINT16 takes whole numbers from 0 to 65535")]
    public async Task VarintOutOfRange_IsRefused(ElementType type, int field, long value, string detail)
    {
        foreach (bool packed in (bool[])[true, false])
        {
            Moved moved = Marshaling.Typed(type, Varints(field, packed, value));
            await Assert.That(moved.Outcome.Code).IsEqualTo(StatusCode.InvalidValue);
            await Assert.That(moved.Outcome.Detail).IsEqualTo(detail);
        }
    }

    [Test]
    [Arguments(ElementType.F16, 70000f, "value 1 is 70000; FP16 takes numbers from -65504 to 65504 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    [Arguments(ElementType.BF16, float.MaxValue, "value 1 is 3.4028235E+38; BF16 takes numbers from -3.3895314E+38 to 3.3895314E+38 and the strings \"NaN\", \"Infinity\" and \"-Infinity\"")]
    public async Task SingleTooLargeForSixteenBits_IsRefused(ElementType type, float value, string detail)
    {
        byte[] contents = Registry.Message(output =>
        {
            output.WriteTag(6, WireFormat.WireType.LengthDelimited);
            output.WriteLength(8);
            output.WriteFloat(1);
            output.WriteFloat(value);
        });
        Moved moved = Marshaling.Typed(type, contents);
        await Assert.That(moved.Outcome.Code).IsEqualTo(StatusCode.InvalidValue);
        await Assert.That(moved.Outcome.Detail).IsEqualTo(detail);
    }

    [Test]
    public async Task UnpackedValues_AreReadToo()
    {
        await Assert.That(Marshaling.Typed(ElementType.I8, Varints(2, packed: false, 1, -2, 3)).Raw).IsEquivalentTo(new byte[] { 1, 0xFE, 3 });
        byte[] mixed = [.. Varints(2, packed: false, 1), .. Varints(2, packed: true, 2, 3), .. Varints(2, packed: false, 4)];
        await Assert.That(Marshaling.Typed(ElementType.I8, mixed).Raw).IsEquivalentTo(new byte[] { 1, 2, 3, 4 });
    }

    [Test]
    public async Task VarintOfMoreBitsThanItsField_IsTruncatedAsProtobufDoes() =>
        await Assert.That(BitConverter.ToInt32(Marshaling.Typed(ElementType.I32, Varints(2, packed: true, (1L << 40) + 5)).Raw)).IsEqualTo(5);

    [Test]
    [Arguments(ElementType.F32, 2, "FP32 is carried by fp32_contents; Actual: values in int_contents")]
    [Arguments(ElementType.I64, 2, "INT64 is carried by int64_contents; Actual: values in int_contents")]
    [Arguments(ElementType.U8, 2, "UINT8 is carried by uint_contents; Actual: values in int_contents")]
    [Arguments(ElementType.String, 2, "BYTES is carried by bytes_contents; Actual: values in int_contents")]
    [Arguments(ElementType.Boolean, 4, "BOOL is carried by bool_contents; Actual: values in uint_contents")]
    public async Task ValuesInAnotherField_AreRefused(ElementType type, int field, string detail)
    {
        Moved moved = Marshaling.Typed(type, Varints(field, packed: true, 1));
        await Assert.That(moved.Outcome.Text).IsEqualTo($"Invalid value in tensor - {detail}");
    }

    [Test]
    [MethodDataSource(typeof(Registry), nameof(Registry.Cases))]
    public async Task EmptyAndUnknownFields_ArePassedOver(ElementCase @case)
    {
        int other = TensorMarshaler.For(@case.Type).Contents == ContentsField.Int ? 4 : 2;
        Moved moved = Marshaling.Typed(@case.Type, [.. Varints(other, packed: true), .. Varints(99, packed: false, 5), .. @case.Contents]);
        await Assert.That(moved.Outcome.Text).IsEqualTo("OK");
        await Assert.That(moved.Count).IsEqualTo(@case.Count);
    }

    // Without words: those are the reader's own, and tested with it.
    [Test]
    [Arguments(ElementType.F32, "3203000000", "fp32_contents has 3 bytes, which is no multiple of 4")]
    [Arguments(ElementType.F16, "320500000000FF", "fp32_contents has 5 bytes, which is no multiple of 4")]
    [Arguments(ElementType.F64, "3A0400000000", "fp64_contents has 4 bytes, which is no multiple of 8")]
    [Arguments(ElementType.F32, "3001", "fp32_contents has wire type Varint where Fixed32 belongs")]
    [Arguments(ElementType.String, "4001", "bytes_contents has wire type Varint where LengthDelimited belongs")]
    [Arguments(ElementType.I64, "1A02FFFF", "")]
    [Arguments(ElementType.I64, "1A0BFFFFFFFFFFFFFFFFFFFF01", "")]
    [Arguments(ElementType.I64, "1A05", "")]
    [Arguments(ElementType.F32, "35000000", "")]
    [Arguments(ElementType.F32, "00", "")]
    public async Task MalformedContents_Throw(ElementType type, string hex, string message)
    {
        foreach (int length in (int[])[int.MaxValue, 1])
        {
            MalformedProtoException thrown = (await Assert.That(() => Marshaling.Typed(type, Convert.FromHexString(hex), length)).Throws<MalformedProtoException>())!;
            await Assert.That(thrown.Message).StartsWith($"Malformed protobuf: {message}");
        }
    }

    private static byte[] Varints(int field, bool packed, params long[] values) => Registry.Message(output =>
    {
        if (packed)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(Registry.Message(inner => Array.ForEach(values, value => inner.WriteInt64(value)))));
            return;
        }

        foreach (long value in values)
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt64(value);
        }
    });
}
