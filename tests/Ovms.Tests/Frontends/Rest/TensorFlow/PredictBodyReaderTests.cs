using System.Runtime.InteropServices;
using System.Text;
using Ovms.Frontends.Rest;
using Ovms.Frontends.Rest.TensorFlow;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tests.Inference;
using TUnit.Assertions.Enums;

namespace Ovms.Tests.Frontends.Rest.TensorFlow;

internal sealed class PredictBodyReaderTests
{
    private static readonly PartialShape s_any = new(Dimension.Dynamic, Dimension.Dynamic);
    private static readonly Signature s_one = Requests.Model(Requests.Port("b", s_any));
    private static readonly Signature s_two = Requests.Model(Requests.Port("b", s_any), Requests.Port("n", s_any, ElementType.I32, 1));
    private static readonly Signature s_strings = Requests.Model(Requests.Port("s", s_any, ElementType.String));
    private static readonly Signature s_bytes = Requests.Model(Requests.Port("u", s_any, ElementType.U8));

    [Test]
    [Arguments("""{"instances":[[1,2],[3,4.5]]}""", "2,2", true)]
    [Arguments("""{"instances":[{"b":[1,2]},{"b":[3,4.5]}]}""", "2,2", true)]
    [Arguments("""{"signature_name":"serving_default","inputs":[[1,2],[3,4.5]],"other":{"x":[{}]}}""", "2,2", false)]
    [Arguments("""{"inputs":{"b":[1,2,3,4.5]}}""", "4", false)]
    [Arguments("""{"inputs":{"b":[[[1],[2]],[[3],[4.5]]]}}""", "2,2,1", false)]
    [Arguments("""{"instances":[1,2,3,4.5],"signature_name":null}""", "4", true)]
    [Arguments("""{"instances":[{"b":1},{"b":2},{"b":3},{"b":4.5}]}""", "4", true)]
    public async Task Numbers_AreReadWithTheirShape(string json, string shape, bool rows)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.TensorFlowServingRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), s_one, document);
        await Assert.That(read.Text).IsEqualTo("OK");
        InputTensor input = document.Message.Inputs.Single();
        float[] values = MemoryMarshal.Cast<byte, float>(input.Content!.Bytes).ToArray();
        await Assert.That(values).IsEquivalentTo([1f, 2, 3, 4.5f], CollectionOrdering.Matching);
        await Assert.That($"{input.Name} {input.Datatype} {string.Join(',', input.Shape)} {input.Source} {input.ValueCount}").IsEqualTo($"b FP32 {shape} Values 4");
        await Assert.That(document.IsRowFormat).IsEqualTo(rows);
        await Assert.That(document.Message.Origin).IsEqualTo(CallOrigin.TensorFlowServingRest);
    }

    [Test]
    [Arguments("""{"instances":[1.0,-2.0,3e0]}""")]
    [Arguments("""{"instances":[{"i":1.0},{"i":-2},{"i":30e-1}]}""")]
    [Arguments("""{"inputs":[1,-2.00,3.0]}""")]
    public async Task WholeNumbersWrittenAsFloats_AreTakenForIntegers(string json)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), Requests.Model(Requests.Port("i", new PartialShape(Dimension.Dynamic), ElementType.I64)), document);
        await Assert.That(read.Text).IsEqualTo("OK");
        long[] values = MemoryMarshal.Cast<byte, long>(document.Message.Inputs.Single().Content!.Bytes).ToArray();
        await Assert.That(values).IsEquivalentTo([1L, -2, 3], CollectionOrdering.Matching);
    }

    [Test]
    [Arguments("""{"instances":[[1,NaN],[Infinity,-Infinity]]}""", "2,2", true)]
    [Arguments("""{"instances":[{"b":[1,NaN]},{"b":[Infinity,-Infinity]}]}""", "2,2", true)]
    [Arguments("""{"instances":[{"b":1},{"b":NaN},{"b":Infinity},{"b":-Infinity}]}""", "4", true)]
    [Arguments("""{"inputs":{"b":[1,NaN,Infinity,-Infinity]},"signature_name":"NaN"}""", "4", false)]
    public async Task NanAndInfinityWithoutQuotes_AreRead(string json, string shape, bool rows)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), s_one, document);
        await Assert.That(read.Text).IsEqualTo("OK");
        InputTensor input = document.Message.Inputs.Single();
        float[] values = MemoryMarshal.Cast<byte, float>(input.Content!.Bytes).ToArray();
        await Assert.That(values).IsEquivalentTo([1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity], CollectionOrdering.Matching);
        await Assert.That(string.Join(',', input.Shape)).IsEqualTo(shape);
        await Assert.That(document.IsRowFormat).IsEqualTo(rows);
    }

    [Test]
    [Arguments("""{"instances":[NaN]}""", "value 0 is NaN; BYTES takes strings")]
    [Arguments("""{"instances":[{"b64":NaN}]}""", "NaN without quotes; Expected: only among the values of floating-point inputs. Offset: 21")]
    public async Task NanWhereStringsBelong_IsRefused(string json, string part)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), s_strings, document);
        await Assert.That(read.Code.ToHttp()).IsEqualTo(400);
        await Assert.That(read.Text).Contains(part);
    }

    [Test]
    [Arguments("""{"instances":[{"n":[1],"b":[1,2]},{"b":[3,4],"n":[2]},{"b":[5,6],"n":[3]}]}""", "n(3,1)=3 b(3,2)=6")]
    [Arguments("""{"inputs":{"b":[[1,2]],"n":7}}""", "b(1,2)=2 n()=1")]
    [Arguments("""{"inputs":{}}""", "")]
    [Arguments("""{"inputs":{"b":[[]],"x":[{"y":1}]}}""", "b(1,0)=0 x()=0")]
    public async Task SeveralInputs_AreToldApart(string json, string expected)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), s_two, document);
        await Assert.That(read.Text).IsEqualTo("OK");
        await Assert.That(string.Join(' ', document.Message.Inputs.Select(static i => $"{i.Name}({string.Join(',', i.Shape)})={i.ValueCount}"))).IsEqualTo(expected);
    }

    [Test]
    [Arguments("""{"instances":[{"b":[1],"sequence_id":7,"sequence_control_input":1}]}""")]
    [Arguments("""{"inputs":{"b":[[1]],"sequence_id":[7],"sequence_control_input":[1]}}""")]
    public async Task SequencesTensors_AreReadBesideTheInputs(string json)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), s_one, document);
        await Assert.That(read.Text).IsEqualTo("OK");
        await Assert.That(string.Join(' ', document.Message.Inputs.Select(static i => $"{i.Name}:{i.Datatype}({string.Join(',', i.Shape)})")))
            .IsEqualTo("b:FP32(1,1) sequence_id:UINT64(1) sequence_control_input:UINT32(1)");
    }

    [Test]
    [Arguments("""{"instances":["a",{"b64":"4pi6"}]}""", "2")]
    [Arguments("""{"instances":[{"b64":"YQ=="},"☺"]}""", "2")]
    [Arguments("""{"instances":[{"s":{"b64":"Y\u0051=="}},{"s":"\u263a"}]}""", "2")]
    [Arguments("""{"inputs":{"s":[["a"],[{"b64":"4pi6"}]]}}""", "2,1")]
    public async Task StringsAndBase64_ArePacked(string json, string shape)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), s_strings, document);
        await Assert.That(read.Text).IsEqualTo("OK");
        InputTensor input = document.Message.Inputs.Single();
        byte[] content = input.Content!.Bytes.ToArray();
        await Assert.That(content).IsEquivalentTo(Requests.Packed("a", "☺"), CollectionOrdering.Matching);
        await Assert.That($"{input.Datatype} {string.Join(',', input.Shape)} {input.ValueCount}").IsEqualTo($"BYTES {shape} 2");
    }

    [Test]
    public async Task Base64OfNumbers_IsDeliveredAsBytes()
    {
        // Base64 for an image of pixels; and texts for a U8 matrix.
        foreach ((Signature signature, string json, string packed) in new[]
        {
            (s_one, """{"inputs":{"b64":"YQ=="}}""", "a"),
            (s_one, """{"instances":[{"b":{"b64":"YQ=="}}]}""", "a"),
            (s_bytes, """{"instances":["a"]}""", "a"),
        })
        {
            using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
            Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), signature, document);
            await Assert.That(read.Text).IsEqualTo("OK");
            byte[] content = document.Message.Inputs[0].Content!.Bytes.ToArray();
            await Assert.That(document.Message.Inputs[0].Datatype).IsEqualTo("BYTES");
            await Assert.That(content).IsEquivalentTo(Requests.Packed(packed), CollectionOrdering.Matching);
        }
    }

    [Test]
    [Arguments("""[1]""", "Request body should be JSON object")]
    [Arguments("""{"inputs":{"b":[1,2]}""", "The file is not valid json")]
    [Arguments("""{}""", "Could not detect row or column format - Expected: instances (rows) or inputs (columns); Actual: neither")]
    [Arguments("""{"inputs":{"b":1},"instances":[1]}""", "Could not detect row or column format - Expected: instances (rows) or inputs (columns); Actual: both")]
    [Arguments("""{"inputs":{"b":1},"inputs":{"b":1}}""", "inputs is given twice")]
    [Arguments("""{"inputs":{"b":1,"b":2}}""", "inputs.b is given twice")]
    [Arguments("""{"instances":[{"b":1,"b":2}]}""", "instances[0].b is given twice")]
    [Arguments("""{"instances":{"b":1}}""", "instances; Expected: an array; Actual: an object")]
    [Arguments("""{"instances":[]}""", "Missing instances in row format - instances; Expected: at least one; Actual: an empty array")]
    [Arguments("""{"instances":[{"b":1,"n":1},[2]]}""", "One of named instances is not a JSON object. - instances[1]; Expected: an object, as instances[0]; Actual: an array")]
    [Arguments("""{"instances":[1,2]}""", "instances[0]; Expected: an object with a value for each of b, n; Actual: a number")]
    [Arguments("""{"inputs":[1,2]}""", "inputs; Expected: an object with a value for each of b, n; Actual: an array")]
    [Arguments("""{"instances":[{"b":1,"n":1},{"b":1}]}""", "instances[1] has no value for n, which instances[0] has")]
    [Arguments("""{"instances":[{"b":1},{"b":1,"n":1}]}""", "instances[1] has a value for n, which instances[0] has not")]
    [Arguments("""{"instances":[{"b":[1,2]},{"b":[1]}]}""", "instances[1].b: Expected: shape (2), as in instances[0]; Actual: (1); input name: b")]
    [Arguments("""{"instances":[{"b":[[1,2],[3]]}]}""", "instances[0].b: the arrays are ragged; Expected: 2 values in each array of level 2, as in the first; Actual: 1; at [1]; input name: b")]
    [Arguments("""{"inputs":{"b":[[[1],[2]],[[3],[4,5]]]}}""", "inputs.b: the arrays are ragged; Expected: 1 values in each array of level 3, as in the first; Actual: 2; at [1][1]; input name: b")]
    [Arguments("""{"inputs":{"b":[1,[2]]}}""", "hold arrays and single values")]
    [Arguments("""{"inputs":{"n":[1,1.5]}}""", "inputs.n: value 1 is 1.5; INT32 takes whole numbers from -2147483648 to 2147483647; input name: n")]
    [Arguments("""{"inputs":{"n":[true]}}""", "inputs.n: value 0 is true; INT32 takes whole numbers")]
    [Arguments("""{"inputs":{"b":["x"]}}""", "inputs.b: value 0 is \"x\"; FP32 takes numbers")]
    [Arguments("""{"inputs":{"b":null}}""", "inputs.b: value 0 is null; FP32 takes numbers")]
    [Arguments("""{"inputs":{"b":{"b64":"a"}}}""", "Decode Base64 to string error - inputs.b: value 0; Expected: base64 with padding; Actual: \"a\"; input name: b")]
    [Arguments("""{"inputs":{"b":{"b64":"YQ==","x":1}}}""", "an object with more than b64")]
    [Arguments("""{"inputs":{"b":[{"x":1}]}}""", "inputs.b: value 0 is an object; Expected: {\"b64\":\"...\"}; input name: b")]
    [Arguments("""{"instances":[{"b":1,"n":1},{"b":{"b64":"YQ=="},"n":1}]}""", "instances[1].b: Expected: values as in the rows before")]
    [Arguments("""{"signature_name":3,"inputs":{"b":1}}""", "signature_name; Expected: a string; Actual: a number")]
    [Arguments("""{"inputs":{"b":{"b64":"\ud83d"}}}""", "surrogate pair")]
    [Arguments("""{"inputs":{"b":[1,2],"\ud83d":1}}""", "half of a surrogate pair. Offset: 21")]
    public async Task Fault_IsNamedWithItsPlace(string json, string expected)
    {
        using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
        Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json), s_two, document);
        await Assert.That(read.IsOk).IsFalse();
        await Assert.That(read.Text).Contains(expected);
        await Assert.That(read.Code.ToHttp()).IsEqualTo(400);
    }

    [Test]
    [Arguments(1)]
    [Arguments(2)]
    public async Task MutatedBodies_AreReadOrRefusedAsTheCallersFault(int seed)
    {
        string[] valid =
        [
            """{"signature_name":"s","instances":[{"b":[1,2],"n":[3]},{"b":[1.5,-2e3],"n":[4]}]}""",
            """{"inputs":{"b":[[1,2],[3,4]],"n":[[7],[8]]}}""",
            """{"instances":[{"b":{"b64":"YWJj"},"n":1},{"b":{"b64":"YQ=="},"n":2}]}""",
        ];
        string[] pieces = ["{", "}", "[", "]", ",", ":", "\"", "\\u", "null", "true", "1e999", "{\"b64\":\"YQ==\"}", "{\"b64\":", "\"b\":", "[[", "]]", "é", "\"instances\":[]"];
        Random random = new(seed);
        int accepted = 0;
        for (int round = 0; round < 5000; round++)
        {
            StringBuilder json = new(valid[random.Next(valid.Length)]);
            for (int i = random.Next(4); i > 0; i--)
            {
                int at = random.Next(json.Length);
                _ = random.Next(3) switch
                {
                    0 => json.Remove(at, Math.Min(random.Next(1, 6), json.Length - at)),
                    1 => json.Insert(at, pieces[random.Next(pieces.Length)]),
                    _ => json.Replace(json[at], (char)random.Next(32, 127), at, 1),
                };
            }

            using InferDocument document = new(new InferMessage { Origin = CallOrigin.KServeRest });
            Outcome read = PredictBodyReader.Read(Encoding.UTF8.GetBytes(json.ToString()), s_two, document);
            accepted += read.IsOk ? 1 : 0;
            if (!read.IsOk && read.Code.ToHttp() != 400)
            {
                throw new InvalidOperationException($"seed {seed} round {round} answers {read.Code.ToHttp()}: {read.Text} for {json}");
            }
        }

        await Assert.That(accepted).IsGreaterThan(500);
    }
}
