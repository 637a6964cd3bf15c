using System.Text;
using Ovms.Frontends.Rest;
using Ovms.Inference.Messages;
using Ovms.Status;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Frontends.Rest.KServe;

internal sealed class InferRequestBodyTests
{
    private const string TwoInputs =
        """{"inputs":[{"name":"a","shape":[4],"datatype":"UINT8","parameters":{"binary_data_size":4}},{"name":"j","shape":[1],"datatype":"UINT8","data":[9]},{"name":"b","shape":[3],"datatype":"UINT16"}]}""";

    [Test]
    [Arguments(true, null)]
    [Arguments(false, null)]
    [Arguments(false, "identity")]
    [Arguments(false, "gzip")]
    [Arguments(false, "GZIP")]
    [Arguments(false, "x-gzip")]
    [Arguments(false, "deflate")]
    public async Task BytesAfterJson_GoToTheirInputsInOrder(bool tellLength, string? coding)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes(TwoInputs), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        byte[] sent = coding?.ToUpperInvariant() switch
        {
            "GZIP" or "X-GZIP" => InferBodies.Gzip(body),
            "DEFLATE" => InferBodies.Zlib(body),
            _ => body,
        };
        Outcome<InferDocument> read = await InferBodies.ReadAsync(sent, $"{TwoInputs.Length}", coding, tellLength: tellLength);
        await Assert.That(read.Text).IsEqualTo("OK");
        using InferDocument document = read.Value!;
        await Assert.That(document.Message.Inputs[0].Content!.Bytes.ToArray()).IsEquivalentTo(new byte[] { 1, 2, 3, 4 }, CollectionOrdering.Matching);
        await Assert.That(document.Message.Inputs[0].Source).IsEqualTo(ContentSource.Raw);
        await Assert.That(document.Message.Inputs[1].Source).IsEqualTo(ContentSource.Values);
        await Assert.That(document.Message.Inputs[2].Content!.Bytes.ToArray()).IsEquivalentTo(new byte[] { 5, 6, 7, 8, 9, 10 }, CollectionOrdering.Matching);
    }

    [Test]
    [Arguments(null)]
    [Arguments("gzip")]
    public async Task JsonAlone_IsTheWholeBody(string? coding)
    {
        byte[] json = """{"inputs":[{"name":"j","shape":[1],"datatype":"UINT8","data":[9]}]}"""u8.ToArray();
        Outcome<InferDocument> read = await InferBodies.ReadAsync(coding is null ? json : InferBodies.Gzip(json), null, coding);
        using InferDocument document = read.Value!;
        await Assert.That(document.Message.Inputs[0].ValueCount).IsEqualTo(1);
    }

    [Test]
    public async Task HeaderOverJsonAlone_IsAccepted()
    {
        byte[] json = """{"inputs":[{"name":"j","shape":[1],"datatype":"UINT8","data":[9]}]}"""u8.ToArray();
        Outcome<InferDocument> read = await InferBodies.ReadAsync(json, $"{json.Length}");
        await Assert.That(read.IsOk).IsTrue();
        read.Value!.Dispose();
    }

    [Test]
    public async Task SoleStringWithoutSize_TakesTheRest()
    {
        string json = """{"inputs":[{"name":"t","shape":[1],"datatype":"BYTES"}]}""";
        Outcome<InferDocument> read = await InferBodies.ReadAsync([.. Encoding.UTF8.GetBytes(json), 2, 0, 0, 0, 65, 66], $"{json.Length}");
        using InferDocument document = read.Value!;
        await Assert.That(document.Message.Inputs[0].Content!.Bytes.ToArray()).IsEquivalentTo(new byte[] { 2, 0, 0, 0, 65, 66 }, CollectionOrdering.Matching);
    }

    [Test]
    [Arguments("", StatusCode.RestInferenceHeaderContentLengthInvalid, "Actual: ")]
    [Arguments("-1", StatusCode.RestInferenceHeaderContentLengthInvalid, "Actual: -1")]
    [Arguments("+5", StatusCode.RestInferenceHeaderContentLengthInvalid, "Actual: +5")]
    [Arguments("0x10", StatusCode.RestInferenceHeaderContentLengthInvalid, "Actual: 0x10")]
    [Arguments("5,5", StatusCode.RestInferenceHeaderContentLengthInvalid, "Actual: 5,5")]
    [Arguments("99999999999999999999", StatusCode.RestInferenceHeaderContentLengthInvalid, "Actual: 9999")]
    [Arguments("9223372036854775807", StatusCode.RestInferenceHeaderContentLengthExceeded, "Body: ")]
    [Arguments("211", StatusCode.RestInferenceHeaderContentLengthExceeded, "Body: ")]
    [Arguments("10", StatusCode.JsonInvalid, "Line: 1")]
    public async Task LyingHeader_IsRefused(string header, StatusCode code, string part)
    {
        foreach (bool tellLength in new[] { true, false })
        {
            Outcome<InferDocument> read = await InferBodies.ReadAsync([.. Encoding.UTF8.GetBytes(TwoInputs), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], header, tellLength: tellLength);
            await Assert.That(read.Code).IsEqualTo(code);
            await Assert.That(read.Text).Contains(part);
        }
    }

    [Test]
    [Arguments("""{"name":"a","shape":[4],"datatype":"UINT8","parameters":{"binary_data_size":4}}""", 3, StatusCode.RestBinaryBufferTooSmall, "Expected: 4 bytes; Actual: 3 bytes; input name: a")]
    [Arguments("""{"name":"a","shape":[4],"datatype":"UINT8","parameters":{"binary_data_size":4}}""", 5, StatusCode.RestBinaryDataSizeInvalid, "left over")]
    [Arguments("""{"name":"a","shape":[4],"datatype":"UINT8","parameters":{"binary_data_size":9223372036854775806}}""", 5, StatusCode.RestBinaryBufferTooSmall, "Actual: 5 bytes")]
    [Arguments("""{"name":"a","shape":[2,2],"datatype":"FP32"}""", 15, StatusCode.RestBinaryBufferTooSmall, "Expected: 16 bytes; Actual: 15 bytes")]
    [Arguments("""{"name":"a","shape":[2,2],"datatype":"FP32"}""", 0, StatusCode.RestBinaryBufferTooSmall, "Actual: 0 bytes")]
    [Arguments("""{"name":"a","shape":[0,2],"datatype":"FP32"}""", 1, StatusCode.RestBinaryDataSizeInvalid, "left over")]
    [Arguments("""{"name":"a","shape":[-1,2],"datatype":"FP32"}""", 8, StatusCode.InvalidShape, "(-1,2); input name: a")]
    [Arguments("""{"name":"a","shape":[4294967296,4294967296],"datatype":"FP32"}""", 8, StatusCode.InvalidShape, "overflow")]
    [Arguments("""{"name":"a","shape":[2],"datatype":"FP31"}""", 8, StatusCode.RestUnsupportedPrecision, "Actual: FP31")]
    [Arguments("""{"name":"a","shape":[2],"datatype":"BYTES"}""", 8, StatusCode.RestBinaryDataSizeInvalid, "binary_data_size is missing")]
    [Arguments("""{"name":"a","shape":[1],"datatype":"BYTES"},{"name":"b","shape":[1],"datatype":"BYTES","data":["x"]}""", 8, StatusCode.RestBinaryDataSizeInvalid, "binary_data_size is missing")]
    [Arguments("""{"name":"a","shape":[4],"datatype":"UINT8","data":[1,2,3,4]}""", 4, StatusCode.RestBinaryDataSizeInvalid, "left over")]
    [Arguments("""{"name":"a","shape":[4],"datatype":"UINT8","data":[1,2,3,4],"parameters":{"binary_data_size":4}}""", 4, StatusCode.RestContentsFieldNotEmpty, "inputs[0]")]
    public async Task SizesThatDoNotAddUp_AreRefused(string inputs, int bytes, StatusCode code, string part)
    {
        string json = $$"""{"inputs":[{{inputs}}]}""";
        Outcome<InferDocument> read = await InferBodies.ReadAsync([.. Encoding.UTF8.GetBytes(json), .. new byte[bytes]], $"{json.Length}");
        await Assert.That(read.Code).IsEqualTo(code);
        await Assert.That(read.Code.ToHttp()).IsEqualTo(400);
        await Assert.That(read.Text).Contains(part);
    }

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task JsonOfSeveralMegabytes_IsReadWhole(bool tellLength)
    {
        float[] values = [.. Enumerable.Range(0, 300_000).Select(static i => i + 0.25f)];
        string json = $$"""{"inputs":[{"name":"a","shape":[300000],"datatype":"FP32","data":[{{string.Join(", ", values.Select(static value => value.ToString(System.Globalization.CultureInfo.InvariantCulture)))}}]}]}""";
        Outcome<InferDocument> read = await InferBodies.ReadAsync(Encoding.UTF8.GetBytes(json), tellLength: tellLength, piece: 65536, limit: 8 << 20);
        await Assert.That(read.Text).IsEqualTo("OK");
        using InferDocument document = read.Value!;
        bool same = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(document.Message.Inputs.Single().Content!.Bytes).SequenceEqual(values);
        await Assert.That(same).IsTrue();
    }

    [Test]
    [Arguments("br")]
    [Arguments("gzip, deflate")]
    public async Task UnknownCoding_IsUnsupported(string coding)
    {
        Outcome<InferDocument> read = await InferBodies.ReadAsync("{}"u8.ToArray(), null, coding);
        await Assert.That(read.Code).IsEqualTo(StatusCode.RestUnsupportedEncoding);
        await Assert.That(read.Text).Contains(coding);
    }

    [Test]
    [Arguments("gzip")]
    [Arguments("deflate")]
    public async Task BrokenCoding_IsTheCallersFault(string coding)
    {
        Outcome<InferDocument> plain = await InferBodies.ReadAsync("{\"inputs\":[]}"u8.ToArray(), null, coding);
        await Assert.That(plain.Code).IsEqualTo(StatusCode.MalformedMessage);
        await Assert.That(plain.Text).Contains(coding);
        byte[] whole = coding == "gzip" ? InferBodies.Gzip(new byte[5000]) : InferBodies.Zlib(new byte[5000]);
        Outcome<InferDocument> cut = await InferBodies.ReadAsync(whole[..^9], null, coding);
        await Assert.That(cut.Code.ToHttp()).IsEqualTo(400);
    }

    [Test]
    public async Task BodyBeyondTheLimit_IsTooLargeAlsoWhenPacked()
    {
        byte[] spaces = [.. Enumerable.Repeat((byte)' ', (int)InferBodies.Limit + 1)];
        Outcome<InferDocument> plain = await InferBodies.ReadAsync(spaces, tellLength: false, piece: 65536);
        await Assert.That(plain.Code).IsEqualTo(StatusCode.MessageTooLarge);
        Outcome<InferDocument> packed = await InferBodies.ReadAsync(InferBodies.Gzip(spaces), null, "gzip");
        await Assert.That(packed.Code).IsEqualTo(StatusCode.MessageTooLarge);
        await Assert.That(packed.Code.ToHttp()).IsEqualTo(413);
    }
}
