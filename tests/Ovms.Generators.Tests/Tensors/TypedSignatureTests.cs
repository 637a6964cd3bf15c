using System.Runtime.InteropServices;
using Google.Protobuf;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.Generators.Tests.Tensors;

/// <summary>The classes that were generated for the test models, at work.</summary>
public class TypedSignatureTests
{
    [Test]
    public async Task Constants_AreTheModels()
    {
        await Assert.That(Dummy.ModelName).IsEqualTo("dummy");
        await Assert.That((Dummy.InputB.Name, Dummy.InputB.Datatype, Dummy.InputB.Rank, Dummy.InputB.Count, Dummy.InputB.ByteSize)).IsEqualTo(("b", "FP32", 2, 10, 40));
        await Assert.That(Dummy.InputB.Shape.ToArray()).IsEquivalentTo(new long[] { 1, 10 });
        await Assert.That(Dummy.OutputA.Name).IsEqualTo("a");
        await Assert.That(Dynamic.InputX.Shape.ToArray()).IsEquivalentTo(new long[] { -1, -1 });
        await Assert.That((Scalar.InputModelScalarInput.Rank, Scalar.InputModelScalarInput.Count, Scalar.InputModelScalarInput.ByteSize)).IsEqualTo((0, 1, 4));
        await Assert.That(PassthroughString.InputMyName.Datatype).IsEqualTo("BYTES");
    }

    [Test]
    public async Task Call_SendsInputsAndBringsOutputs()
    {
        EchoServer server = new(static request =>
        {
            float[] values = [.. MemoryMarshal.Cast<byte, float>(request.RawInputContents[0].Span).ToArray().Select(static value => value + 1)];
            return new ModelInferResponse
            {
                Outputs = { new ModelInferResponse.Types.InferOutputTensor { Name = "a", Datatype = "FP32", Shape = { 1, 10 } } },
                RawOutputContents = { ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values)) },
            };
        });

        float[] floats = [.. Enumerable.Range(0, 10).Select(static i => i / 2f)];
        Dummy.Outputs result = await Dummy.InferAsync(server.Client, new Dummy.Inputs { B = floats }, modelVersion: "3");

        await Assert.That(result.A).IsEquivalentTo(floats.Select(static value => value + 1));
        await Assert.That((server.Request!.ModelName, server.Request.ModelVersion)).IsEqualTo(("dummy", "3"));
        await Assert.That(server.Request.Inputs[0].Shape).IsEquivalentTo(new long[] { 1, 10 });
        await Assert.That(Dummy.Check(server.Request)).IsNull();
    }

    [Test]
    public async Task EveryType_ComesBackAsSent()
    {
        EchoServer server = new(static request => EchoServer.Echo(request, static name => name.Replace("in_", "out_")));
        AllTypes.Inputs inputs = new()
        {
            InBoolean = new[] { true, false, true, true },
            InI8 = new sbyte[] { sbyte.MinValue, -1, 0, sbyte.MaxValue },
            InU8 = new byte[] { 0, 1, 2, 255 },
            InI16 = new short[] { short.MinValue, -1, 0, short.MaxValue },
            InU16 = new ushort[] { 0, 1, 2, ushort.MaxValue },
            InI32 = new[] { int.MinValue, -1, 0, int.MaxValue },
            InU32 = new uint[] { 0, 1, 2, uint.MaxValue },
            InI64 = new[] { long.MinValue, -1, 0, long.MaxValue },
            InU64 = new ulong[] { 0, 1, 2, ulong.MaxValue },
            InF16 = new[] { Half.MinValue, Half.Epsilon, Half.One, Half.NaN },
            InBf16 = new ushort[] { 0x3F80, 0, 0x7F80, 0xFFFF },
            InF32 = new[] { float.MinValue, float.Epsilon, 1, float.NaN },
            InF64 = new[] { double.MinValue, double.Epsilon, 1, double.NaN },
        };
        AllTypes.Outputs outputs = await AllTypes.InferAsync(server.Client, inputs);

        await Assert.That(AllTypes.Check(server.Request!)).IsNull();
        await Assert.That(outputs.OutBoolean.SequenceEqual(inputs.InBoolean.ToArray())).IsTrue();
        await Assert.That(outputs.OutI8.SequenceEqual(inputs.InI8.ToArray())).IsTrue();
        await Assert.That(outputs.OutU8.SequenceEqual(inputs.InU8.ToArray())).IsTrue();
        await Assert.That(outputs.OutI16.SequenceEqual(inputs.InI16.ToArray())).IsTrue();
        await Assert.That(outputs.OutU16.SequenceEqual(inputs.InU16.ToArray())).IsTrue();
        await Assert.That(outputs.OutI32.SequenceEqual(inputs.InI32.ToArray())).IsTrue();
        await Assert.That(outputs.OutU32.SequenceEqual(inputs.InU32.ToArray())).IsTrue();
        await Assert.That(outputs.OutI64.SequenceEqual(inputs.InI64.ToArray())).IsTrue();
        await Assert.That(outputs.OutU64.SequenceEqual(inputs.InU64.ToArray())).IsTrue();
        await Assert.That(outputs.OutF16.SequenceEqual(inputs.InF16.ToArray())).IsTrue();
        await Assert.That(outputs.OutBf16.SequenceEqual(inputs.InBf16.ToArray())).IsTrue();
        await Assert.That(outputs.OutF32.SequenceEqual(inputs.InF32.ToArray())).IsTrue();
        await Assert.That(outputs.OutF64.SequenceEqual(inputs.InF64.ToArray())).IsTrue();
        await Assert.That(outputs.OutF32Shape).IsEquivalentTo(new long[] { 1, 4 });
    }

    [Test]
    public async Task Strings_ComeBackAsSent()
    {
        EchoServer server = new(static request => EchoServer.Echo(request, static name => name));
        string[] texts = ["", "a\0b", "żółw 🐢", new string('x', 1000)];
        PassthroughString.Outputs outputs = await PassthroughString.InferAsync(server.Client, new PassthroughString.Inputs { MyName = texts });
        await Assert.That(outputs.MyName.SequenceEqual(texts)).IsTrue();
        await Assert.That(outputs.MyNameShape).IsEquivalentTo(new long[] { 4 });
        await Assert.That(PassthroughString.Check(server.Request!)).IsNull();
    }

    [Test]
    public async Task Scalar_HasNoDimensions()
    {
        ModelInferRequest request = new Scalar.Inputs { ModelScalarInput = new[] { 5f } }.ToRequest();
        await Assert.That(request.Inputs[0].Shape).IsEmpty();
        await Assert.That(Scalar.Check(request)).IsNull();
    }

    [Test]
    [Arguments(9, "Input b takes 10 values; Actual: 9.")]
    [Arguments(0, "Input b takes 10 values; Actual: 0.")]
    [Arguments(10, null)]
    public async Task StaticInputs_AreCounted(int count, string? sentence)
    {
        Dummy.Inputs inputs = new() { B = new float[count] };
        await Assert.That(inputs.Check()).IsEqualTo(sentence);
        if (sentence is not null)
        {
            ArgumentException thrown = (await Assert.That(() => inputs.ToRequest()).Throws<ArgumentException>())!;
            await Assert.That(thrown.Message).IsEqualTo(sentence);
        }
    }

    [Test]
    [Arguments("2,3", 6, null)]
    [Arguments("0,3", 0, null)]
    [Arguments("2,513", 1026, "Input x takes the shape (-1,[1~512]); Actual: (2,513).")]
    [Arguments("6", 6, "Input x takes the shape (-1,[1~512]); Actual: (6).")]
    [Arguments("-2,3", 6, "Input x takes the shape (-1,[1~512]); Actual: (-2,3).")]
    [Arguments("2,3", 7, "Input x of shape (2,3) takes 6 values; Actual: 7.")]
    [Arguments("9223372036854775807,3", 6, "Input x of shape (9223372036854775807,3) takes -1 values; Actual: 6.")]
    public async Task DynamicInputs_AreChecked(string shape, int count, string? sentence)
    {
        Dynamic.Inputs inputs = new() { X = new float[count], XShape = [.. shape.Split(',').Select(long.Parse)] };
        await Assert.That(inputs.Check()).IsEqualTo(sentence);
    }

    [Test]
    public async Task OneOpenDimension_FollowsFromTheValues()
    {
        PassthroughString.Inputs three = new() { MyName = ["a", "b", "c"] };
        await Assert.That(three.ToRequest().Inputs[0].Shape).IsEquivalentTo(new long[] { 3 });
        PassthroughString.Inputs wrong = new() { MyName = ["a", "b", "c"], MyNameShape = [2] };
        await Assert.That(wrong.Check()).IsEqualTo("Input my_name of shape (2) takes 2 values; Actual: 3.");
    }

    [Test]
    public async Task RequestOfAnother_IsChecked()
    {
        static ModelInferRequest Changed(Action<ModelInferRequest> change)
        {
            ModelInferRequest request = new Dummy.Inputs { B = new float[10] }.ToRequest();
            change(request);
            return request;
        }

        await Assert.That(Dummy.Check(Changed(static r => r.Inputs.Clear()))).IsEqualTo("The model takes 1 inputs; Actual: 0.");
        await Assert.That(Dummy.Check(Changed(static r => r.RawInputContents.Clear()))).IsEqualTo("The model takes 1 raw contents; Actual: 0.");
        await Assert.That(Dummy.Check(Changed(static r => r.Inputs[0].Name = "c"))).IsEqualTo("Input b is missing.");
        await Assert.That(Dummy.Check(Changed(static r => r.Inputs[0].Datatype = "INT8"))).IsEqualTo("Input b is FP32; Actual: INT8.");
        await Assert.That(Dummy.Check(Changed(static r => r.Inputs[0].Shape[1] = 11))).IsEqualTo("Input b takes the shape (1,10); Actual: (1,11).");
        await Assert.That(Dummy.Check(Changed(static r => r.Inputs[0].Shape.Add(1)))).IsEqualTo("Input b takes the shape (1,10); Actual: (1,10,1).");
        await Assert.That(Dummy.Check(Changed(static r => r.RawInputContents[0] = ByteString.Empty))).IsEqualTo("Input b takes 40 bytes; Actual: 0.");
    }

    [Test]
    public async Task AnswerOfAnotherModel_IsRefused()
    {
        static ModelInferResponse Changed(Action<ModelInferResponse> change)
        {
            ModelInferResponse response = EchoServer.Echo(new Dummy.Inputs { B = new float[10] }.ToRequest(), static _ => "a");
            change(response);
            return response;
        }

        await Assert.That(Dummy.Outputs.From(Changed(static _ => { })).A.Length).IsEqualTo(10);
        await Refuses(Changed(static r => r.Outputs[0].Name = "z"), "The answer has no output a. Is another model served?");
        await Refuses(Changed(static r => r.Outputs[0].Datatype = "FP16"), "Output a of the answer is FP16, in one of 1 raw contents; FP32 is expected. Is another model served?");
        await Refuses(Changed(static r => r.RawOutputContents.Clear()), "Output a of the answer is FP32, in one of 0 raw contents; FP32 is expected. Is another model served?");
        await Refuses(Changed(static r => r.Outputs[0].Shape[0] = 2), "Output a of the answer has the shape (2,10); (1,10) is expected. Is another model served?");
        await Refuses(Changed(static r => r.RawOutputContents[0] = ByteString.CopyFrom(new byte[41])), "Output a of the answer has 41 bytes, which are not 10 values.");

        static async Task Refuses(ModelInferResponse response, string message)
        {
            FormatException thrown = (await Assert.That(() => Dummy.Outputs.From(response)).Throws<FormatException>())!;
            await Assert.That(thrown.Message).IsEqualTo(message);
        }
    }

    [Test]
    [Arguments("01000000FF", "String 0 of output my_name is not UTF-8.")]
    [Arguments("05000000FF", "Output my_name of the answer holds 0 strings and 5 bytes more; 1 strings are expected.")]
    [Arguments("0100000061" + "00000000", "Output my_name of the answer holds 2 strings and 0 bytes more; 1 strings are expected.")]
    [Arguments("FFFFFFFF61", "Output my_name of the answer holds 0 strings and 5 bytes more; 1 strings are expected.")]
    public async Task MalformedStrings_AreRefused(string hex, string message)
    {
        ModelInferResponse response = EchoServer.Echo(new PassthroughString.Inputs { MyName = ["a"] }.ToRequest(), static name => name);
        response.RawOutputContents[0] = ByteString.CopyFrom(Convert.FromHexString(hex));
        FormatException thrown = (await Assert.That(() => PassthroughString.Outputs.From(response)).Throws<FormatException>())!;
        await Assert.That(thrown.Message).IsEqualTo(message);
    }
}
