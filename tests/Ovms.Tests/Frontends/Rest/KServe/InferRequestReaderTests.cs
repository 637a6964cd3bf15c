using System.Runtime.InteropServices;
using System.Text;
using Ovms.Frontends.Rest;
using Ovms.Frontends.Rest.KServe;
using Ovms.Inference.Messages;
using Ovms.Status;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Frontends.Rest.KServe;

internal sealed class InferRequestReaderTests
{
    [Test]
    public async Task FullRequest_FillsMessage()
    {
        using InferDocument document = Accept("""
            {"id":"a \"b\" \u00e9","parameters":{"binary_data_output":true,"sequence_id":5,"note":"x","on":false},
             "inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","parameters":{"scale":1.5},"data":[[1,2.5],[-3,4e0]]},
                       {"name":"y","shape":[1],"datatype":"INT64","data":[9223372036854775807]}],
             "outputs":[{"name":"a","parameters":{"binary_data":false}},{"name":"b"},{"name":"c","parameters":{"classification":3,"binary_data":true}}]}
            """);
        InferMessage message = document.Message;
        await Assert.That(message.Id).IsEqualTo("a \"b\" é");
        await Assert.That(document.BinaryOutputs).IsTrue();
        await Assert.That(message.RawContentCount).IsEqualTo(-1);
        await Assert.That(message.Inputs.Count).IsEqualTo(2);
        InputTensor x = message.Inputs[0];
        await Assert.That(x.Name).IsEqualTo("x");
        await Assert.That(x.Datatype).IsEqualTo("FP32");
        await Assert.That(x.Shape).IsEquivalentTo(new long[] { 2, 2 }, CollectionOrdering.Matching);
        await Assert.That(x.Source).IsEqualTo(ContentSource.Values);
        await Assert.That(x.ValueCount).IsEqualTo(4);
        await Assert.That(MemoryMarshal.Cast<byte, float>(x.Content!.Bytes).ToArray()).IsEquivalentTo(new[] { 1f, 2.5f, -3f, 4f }, CollectionOrdering.Matching);
        await Assert.That(MemoryMarshal.Cast<byte, long>(message.Inputs[1].Content!.Bytes).ToArray()).IsEquivalentTo(new[] { long.MaxValue }, CollectionOrdering.Matching);
        await Assert.That(message.Outputs).IsEquivalentTo(new[] { new RequestedOutput("a", false), new RequestedOutput("b"), new RequestedOutput("c", true) }, CollectionOrdering.Matching);
    }

    [Test]
    [Arguments("""{"inputs":[{"data":[[1,2],[3,4]],"shape":[4],"name":"x","datatype":"UINT8"}]}""")]
    [Arguments("""{"inputs":[{"datatype":"UINT8","data":[1,2,3,4],"name":"x","shape":[4]}]}""")]
    [Arguments("""{"inputs":[{"shape":[4],"data" : [ 1,2 , 3,4 ] , "datatype":"UINT8","name":"x"}],"other":{"a":[{}]},"again":1,"again":2}""")]
    [Arguments("""{"outputs":null,"id":null,"parameters":null,"inputs":[{"n\u0061me":"x","shape":[4],"datatype":"UINT8","data":[1,2,3,4],"parameters":null,"x":{"name":"y"}}]}""")]
    public async Task KeysInAnyOrder_GiveTheSame(string json)
    {
        using InferDocument document = Accept(json);
        InputTensor x = document.Message.Inputs[0];
        await Assert.That(x.Name).IsEqualTo("x");
        await Assert.That(x.Shape).IsEquivalentTo(new long[] { 4 }, CollectionOrdering.Matching);
        await Assert.That(x.ValueCount).IsEqualTo(4);
        await Assert.That(x.Content!.Bytes.ToArray()).IsEquivalentTo(new byte[] { 1, 2, 3, 4 }, CollectionOrdering.Matching);
        await Assert.That(document.Message.Id).IsNull();
    }

    [Test]
    public async Task Strings_ArePackedWithLengths()
    {
        using InferDocument document = Accept("""{"inputs":[{"name":"t","shape":[3],"datatype":"BYTES","data":["","a\u0000b","é\ud83d\ude00"]}]}""");
        byte[] expected = [0, 0, 0, 0, 3, 0, 0, 0, (byte)'a', 0, (byte)'b', 6, 0, 0, 0, .. Encoding.UTF8.GetBytes("é😀")];
        await Assert.That(document.Message.Inputs[0].Content!.Bytes.ToArray()).IsEquivalentTo(expected, CollectionOrdering.Matching);
        await Assert.That(document.Message.Inputs[0].ValueCount).IsEqualTo(3);
    }

    [Test]
    public async Task ScalarAndEmptyData_AreRead()
    {
        using InferDocument document = Accept("""{"inputs":[{"name":"s","shape":[],"datatype":"INT32","data":7},{"name":"e","shape":[0,3],"datatype":"INT32","data":[]}]}""");
        await Assert.That(document.Message.Inputs[0].ValueCount).IsEqualTo(1);
        await Assert.That(document.Message.Inputs[0].Shape.Length).IsEqualTo(0);
        await Assert.That(document.Message.Inputs[1].ValueCount).IsEqualTo(0);
        await Assert.That(document.Message.Inputs[1].Content!.Length).IsEqualTo(0);
    }

    [Test]
    public async Task UnknownDatatype_IsLeftToTheValidator()
    {
        using InferDocument document = Accept("""{"inputs":[{"name":"s","shape":[-1],"datatype":"FP31","data":[{"a":1}]}]}""");
        await Assert.That(document.Message.Inputs[0].Datatype).IsEqualTo("FP31");
        await Assert.That(document.Message.Inputs[0].Content).IsNull();
    }

    [Test]
    [Arguments("1")]
    [Arguments("\"\"")]
    [Arguments("\"true\"")]
    [Arguments("null")]
    public async Task FlagThatIsNoBoolean_CountsAsNotGiven(string value)
    {
        using InferDocument document = Accept($$"""{"parameters":{"binary_data_output":{{value}}},"inputs":[],"outputs":[{"name":"a","parameters":{"binary_data":{{value}} } }]}""");
        await Assert.That(document.BinaryOutputs).IsFalse();
        await Assert.That(document.Message.Outputs).IsEquivalentTo(new[] { new RequestedOutput("a") });
    }

    [Test]
    [Arguments("""{"id":"NaN, \"x\"","inputs":[{"name":"b","shape":[2,3],"datatype":"FP32","data":[[1.5,NaN,Infinity],[-Infinity , "NaN",-2]]}],"outputs":[{"name":"a"}]}""")]
    [Arguments("""{"inputs":[{"data":[1.5,NaN ,Infinity,-Infinity,NaN,-2],"name":"b","datatype":"FP32","shape":[2,3]}],"id":"NaN, \"x\"","outputs":[{"name":"a"}]}""")]
    [Arguments("""{"other":[NaN,{"x":Infinity}],"outputs":[{"name":"a"}],"id":"NaN, \"x\"","inputs":[{"name":"b","shape":[2,3],"datatype":"FP32","data":[1.5,NaN,Infinity,-Infinity,NaN,-2]}]}""")]
    public async Task NanAndInfinityWithoutQuotes_AreRead(string json)
    {
        using InferDocument document = Accept(json);
        float[] values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(document.Message.Inputs.Single().Content!.Bytes).ToArray();
        await Assert.That(values).IsEquivalentTo([1.5f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.NaN, -2], CollectionOrdering.Matching);
        await Assert.That(document.Message.Inputs[0].Shape).IsEquivalentTo(new long[] { 2, 3 }, CollectionOrdering.Matching);
        await Assert.That(document.Message.Id).IsEqualTo("NaN, \"x\"");
        await Assert.That(document.Message.Outputs.Count).IsEqualTo(1);
    }

    [Test]
    [Arguments("FP64")]
    [Arguments("FP16")]
    [Arguments("BF16")]
    public async Task EveryFloat_TakesNanWithoutQuotes(string datatype)
    {
        using InferDocument document = Accept($$"""{"inputs":[{"name":"b","shape":[2],"datatype":"{{datatype}}","data":[NaN,-Infinity]}]}""");
        await Assert.That(document.Message.Inputs[0].ValueCount).IsEqualTo(2);
    }

    [Test]
    [Arguments("""{"inputs":[{"name":"x","shape":[2],"datatype":"INT32","data":[1,NaN]}]}""", StatusCode.RestCouldNotParseInput, "value 1 is NaN; INT32 takes whole numbers")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"BOOL","data":[Infinity]}]}""", StatusCode.RestCouldNotParseInput, "value 0 is Infinity; BOOL takes true and false")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":[-Infinity]}]}""", StatusCode.RestCouldNotParseInput, "value 0 is -Infinity; BYTES takes strings")]
    [Arguments("""{"inputs":[{"name":NaN,"shape":[1],"datatype":"FP32","data":[1]}]}""", StatusCode.JsonInvalid, "NaN without quotes; Expected: only among the values of floating-point inputs. Offset: 19")]
    [Arguments("""{"id":NaN,"inputs":[]}""", StatusCode.JsonInvalid, "NaN without quotes")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[NaN,nope]}]}""", StatusCode.JsonInvalid, "Offset: 66")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[nan]}]}""", StatusCode.JsonInvalid, "Offset: 62")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[NaNs]}]}""", StatusCode.JsonInvalid, "Offset: 61")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1NaN]}]}""", StatusCode.JsonInvalid, "Offset: 62")]
    [Arguments("""{NaN:1,"inputs":[]}""", StatusCode.JsonInvalid, "Offset: 1")]
    public async Task NanWhereNoneBelongs_IsRefused(string json, StatusCode code, string part) => await Refuse(Encoding.UTF8.GetBytes(json), code, part);

    [Test]
    public async Task BytesThatFollow_AreListedInOrder()
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = InferRequestReader.Read(
            """{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}},{"name":"b","shape":[1],"datatype":"INT8","data":[1]},{"name":"c","shape":[2],"datatype":"FP32"}]}"""u8.ToArray(),
            bytesFollow: true,
            document);
        await Assert.That(read.IsOk).IsTrue();
        await Assert.That(document.Binary).IsEquivalentTo(new[] { new BinarySlice(0, 8), new BinarySlice(2, null) }, CollectionOrdering.Matching);
    }

    [Test]
    [Arguments("", StatusCode.JsonInvalid, "Offset: 0")]
    [Arguments("   ", StatusCode.JsonInvalid, "Line: 1")]
    [Arguments("{", StatusCode.JsonInvalid, "Line: 1; Offset: 1")]
    [Arguments("{\n \"inputs\": [\n  nope]}", StatusCode.JsonInvalid, "Line: 3; Offset: 18")]
    [Arguments("""{"inputs":[]} x""", StatusCode.JsonInvalid, "Offset: 14")]
    [Arguments("""{"inputs":[],}""", StatusCode.JsonInvalid, "trailing comma")]
    [Arguments("""{"inputs":[1,]}""", StatusCode.RestInputIsNotAnObject, "inputs[0]; Expected: an object; Actual: a number")]
    [Arguments("""{"inputs":[]/*x*/}""", StatusCode.JsonInvalid, "'/'")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1,2""", StatusCode.JsonInvalid, "Line: 1")]
    [Arguments("""{"id":"\ud800","inputs":[]}""", StatusCode.JsonInvalid, "half of a surrogate pair. Offset: 6")]
    [Arguments("""{"inputs":[{"name":"b","datatype":"FP32","shape":[2],"data":[1,2]}],"id":"\ud800"}""", StatusCode.JsonInvalid, "half of a surrogate pair. Offset: 73")]
    [Arguments("""{"\ud800":1,"inputs":[]}""", StatusCode.JsonInvalid, "half of a surrogate pair. Offset: 1")]
    [Arguments("[1]", StatusCode.RestBodyIsNotAnObject, "Actual: an array")]
    [Arguments("null", StatusCode.RestBodyIsNotAnObject, "Actual: null")]
    [Arguments("{}", StatusCode.RestMissingInputs, "missing inputs")]
    [Arguments("""{"inputs":{}}""", StatusCode.RestInvalidStructure, "inputs; Expected: an array of objects; Actual: an object")]
    [Arguments("""{"inputs":null}""", StatusCode.RestInvalidStructure, "Actual: null")]
    [Arguments("""{"inputs":[],"inputs":[]}""", StatusCode.RestInvalidStructure, "inputs is given twice")]
    [Arguments("""{"id":5,"inputs":[]}""", StatusCode.RestInvalidStructure, "id; Expected: a string; Actual: a number")]
    [Arguments("""{"id":"a","id":"b","inputs":[]}""", StatusCode.RestInvalidStructure, "id is given twice")]
    [Arguments("""{"parameters":[],"inputs":[]}""", StatusCode.RestCouldNotParseParameters, "parameters; Expected: an object; Actual: an array")]
    [Arguments("""{"parameters":{"binary_data_output":true,"binary_data_output":false},"inputs":[]}""", StatusCode.RestInvalidStructure, "parameters.binary_data_output is given twice")]
    [Arguments("""{"parameters":{"x":{}},"inputs":[]}""", StatusCode.RestCouldNotParseParameters, "Actual: an object")]
    [Arguments("""{"inputs":[],"outputs":{}}""", StatusCode.RestCouldNotParseOutput, "outputs; Expected: an array of objects; Actual: an object")]
    [Arguments("""{"inputs":[],"outputs":["a"]}""", StatusCode.RestCouldNotParseOutput, "outputs[0]; Expected: an object; Actual: a string")]
    [Arguments("""{"inputs":[],"outputs":[{"name":"a"},{}]}""", StatusCode.RestCouldNotParseOutput, "outputs[1].name is missing")]
    [Arguments("""{"inputs":[],"outputs":[{"name":1}]}""", StatusCode.RestCouldNotParseOutput, "outputs[0].name; Expected: a string; Actual: a number")]
    [Arguments("""{"inputs":[],"outputs":[{"name":"a","name":"b"}]}""", StatusCode.RestInvalidStructure, "outputs[0].name is given twice")]
    [Arguments("""{"inputs":[{"shape":[1],"datatype":"FP32","data":[1]}]}""", StatusCode.RestInvalidStructure, "inputs[0].name is missing")]
    [Arguments("""{"inputs":[{"name":"x","datatype":"FP32","data":[1]}]}""", StatusCode.RestInvalidStructure, "inputs[0].shape is missing")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"data":[1]}]}""", StatusCode.RestInvalidStructure, "inputs[0].datatype is missing")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32"}]}""", StatusCode.RestInvalidStructure, "inputs[0].data is missing")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","parameters":{"binary_data_size":4}}]}""", StatusCode.RestBinaryBufferTooSmall, "Inference-Header-Content-Length")]
    [Arguments("""{"inputs":[{"name":7}]}""", StatusCode.RestInvalidStructure, "inputs[0].name; Expected: a string; Actual: a number")]
    [Arguments("""{"inputs":[{"name":"x","name":"y"}]}""", StatusCode.RestInvalidStructure, "inputs[0].name is given twice")]
    [Arguments("""{"inputs":[{"shape":[1],"shape":[1]}]}""", StatusCode.RestInvalidStructure, "inputs[0].shape is given twice")]
    [Arguments("""{"inputs":[{"data":[1],"data":[1]}]}""", StatusCode.RestInvalidStructure, "inputs[0].data is given twice")]
    [Arguments("""{"inputs":[{"shape":4}]}""", StatusCode.RestInvalidStructure, "inputs[0].shape; Expected: an array of whole numbers; Actual: a number")]
    [Arguments("""{"inputs":[{"shape":[1,"2"]}]}""", StatusCode.RestInvalidStructure, "inputs[0].shape[1]; Expected: a whole number; Actual: a string")]
    [Arguments("""{"inputs":[{"shape":[1.5]}]}""", StatusCode.RestInvalidStructure, "Actual: 1.5")]
    [Arguments("""{"inputs":[{"shape":[9223372036854775808]}]}""", StatusCode.RestInvalidStructure, "Actual: 9223372036854775808")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"INT8","data":[1,200]}]}""", StatusCode.RestCouldNotParseInput, "input name: x")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":["a"]}]}""", StatusCode.RestCouldNotParseInput, "inputs[0].data")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":{}}]}""", StatusCode.RestCouldNotParseInput, "inputs[0].data")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":["\udc00"]}]}""", StatusCode.RestCouldNotParseInput, "inputs[0].data")]
    [Arguments("""{"inputs":[{"data":["\udc00"],"name":"x","shape":[1],"datatype":"BYTES"}]}""", StatusCode.RestCouldNotParseInput, "inputs[0].data")]
    [Arguments("""{"inputs":[{"name":"x","shape":[3],"datatype":"FP32","data":[[1,2],[3]]}]}""", StatusCode.RestCouldNotParseInput, "ragged")]
    [Arguments("""{"inputs":[{"data":[[1,2],[3]],"name":"x","shape":[3],"datatype":"FP32"}]}""", StatusCode.RestCouldNotParseInput, "ragged")]
    [Arguments("""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1],"parameters":{"binary_data_size":4}}]}""", StatusCode.RestContentsFieldNotEmpty, "input name: x")]
    [Arguments("""{"inputs":[{"parameters":{"binary_data_size":-4}}]}""", StatusCode.RestBinaryDataSizeInvalid, "Actual: -4")]
    [Arguments("""{"inputs":[{"parameters":{"binary_data_size":4.5}}]}""", StatusCode.RestBinaryDataSizeInvalid, "Actual: 4.5")]
    [Arguments("""{"inputs":[{"parameters":{"binary_data_size":"4"}}]}""", StatusCode.RestBinaryDataSizeInvalid, "inputs[0].parameters.binary_data_size; Expected: a number of bytes; Actual: a string")]
    public async Task CallersFault_IsNamed(string json, StatusCode code, string part) => await Refuse(Encoding.UTF8.GetBytes(json), code, part);

    [Test]
    [Arguments("[\"\\ud800\"]")]
    [Arguments("\"\\ud800\"")]
    public async Task HalfASurrogatePairAsNumber_IsRefusedBeforeAndAfterDatatype(string data)
    {
        await Refuse(Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":{{data}}}]}"""), null, "");
        await Refuse(Encoding.UTF8.GetBytes($$"""{"inputs":[{"data":{{data}},"name":"x","shape":[1],"datatype":"FP32"}]}"""), null, "");
    }

    [Test]
    public async Task BytesThatAreNotUtf8_AreRefusedWithTheOffset()
    {
        byte[] json = [.. new string(' ', 3000).Select(static c => (byte)c), .. "{\"id\":\"é"u8, 0xFF, .. "\"}"u8];
        await Refuse(json, StatusCode.JsonInvalid, "not UTF-8. Offset: 3009");
    }

    [Test]
    public async Task NestingToTheLimit_IsReadAndBeyondRefused()
    {
        // The data is at level 4: body, inputs, input, data.
        using InferDocument document = Accept(Nested(97));
        await Assert.That(document.Message.Inputs[0].ValueCount).IsEqualTo(1);
        await Refuse(Encoding.UTF8.GetBytes(Nested(98)), StatusCode.JsonNestingDepthExceeded, "at most 100 levels");
        await Refuse(Encoding.UTF8.GetBytes(new string('[', 1_000_000)), StatusCode.RestBodyIsNotAnObject, "");
        await Refuse(Encoding.UTF8.GetBytes("{\"x\":" + new string('[', 1_000_000)), StatusCode.JsonNestingDepthExceeded, "");

        static string Nested(int levels) =>
            $$"""{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":{{new string('[', levels)}}1{{new string(']', levels)}}}]}""";
    }

    [Test]
    public async Task TooManyEntries_AreRefused()
    {
        string input = """{"name":"x","shape":[1],"datatype":"INT8","data":[1]}""";
        await Refuse(Encoding.UTF8.GetBytes($$"""{"inputs":[{{string.Join(',', Enumerable.Repeat(input, 4097))}}]}"""), StatusCode.RestInvalidStructure, "at most 4096 entries");
        await Refuse(Encoding.UTF8.GetBytes($$"""{"inputs":[{"shape":[{{string.Join(',', Enumerable.Repeat("1", 129))}}]}]}"""), StatusCode.RestInvalidStructure, "at most 128 dimensions");
    }

    [Test]
    public async Task HugeClaims_ReserveLittle()
    {
        using InferDocument document = Accept("""{"inputs":[{"name":"x","shape":[9223372036854775807,9223372036854775807],"datatype":"FP64","data":[1]}]}""");
        await Assert.That(document.Message.Inputs[0].Content!.Length).IsEqualTo(sizeof(double));
    }

    private static InferDocument Accept(string json)
    {
        InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = InferRequestReader.Read(Encoding.UTF8.GetBytes(json), bytesFollow: false, document);
        return read.IsOk ? document : throw new InvalidOperationException($"{read.Text} in {json}");
    }

    private static async Task Refuse(byte[] json, StatusCode? code, string part)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = InferRequestReader.Read(json, bytesFollow: false, document);
        await Assert.That(read.IsOk).IsFalse();
        await Assert.That(read.Code).IsEqualTo(code ?? read.Code);
        await Assert.That(read.Code.ToHttp()).IsEqualTo(400);
        await Assert.That(read.Text).Contains(part);
    }
}
