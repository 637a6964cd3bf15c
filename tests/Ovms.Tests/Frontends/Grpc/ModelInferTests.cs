using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends.Grpc.KServe;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using CallStatus = Grpc.Core.Status;
using Input = Ovms.Frontends.Grpc.Protos.ModelInferRequest.Types.InferInputTensor;

namespace Ovms.Tests.Frontends.Grpc;

/// <summary>Inference over a connection with the real engine.</summary>
public sealed class ModelInferTests
{
    [Test]
    public async Task RawContents_AreComputedAndTheIdComesBack()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        ModelInferResponse response = await server.Client.ModelInferAsync(InferRequests.Dummy("call-1 größe"));

        await Assert.That(response.Values<float>()).IsEquivalentTo([1f, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        response.RawOutputContents.Clear();
        await Assert.That(response).IsEqualTo(new ModelInferResponse
        {
            ModelName = "dummy",
            ModelVersion = "1",
            Id = "call-1 größe",
            Outputs = { new ModelInferResponse.Types.InferOutputTensor { Name = "a", Datatype = "FP32", Shape = { 1, 10 } } },
        });
    }

    [Test]
    public async Task TypedContents_AreComputed()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        ModelInferRequest request = new()
        {
            ModelName = "dummy",
            ModelVersion = "1",
            Inputs = { new Input { Name = "b", Datatype = "FP32", Shape = { 1, 10 }, Contents = new InferTensorContents { Fp32Contents = { Enumerable.Repeat(0.5f, 10) } } } },
            Parameters = { ["priority"] = new InferParameter { Int64Param = 3 } },
        };
        await Assert.That((await server.Client.ModelInferAsync(request)).Values<float>()).IsEquivalentTo(Enumerable.Repeat(1.5f, 10));
    }

    [Test]
    public async Task AnswersBytes_AreWhatTheReferenceWouldWrite()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"), ServedModel.Load("dynamic"), ServedModel.Load("scalar"), ServedModel.Load("passthrough_string"));
        ModelInferRequest[] requests =
        [
            InferRequests.Dummy("id"),
            InferRequests.Doubling(3, 300),
            InferRequests.Raw("scalar", "model_scalar_input", "FP32", [], [4.5f]),
            Strings("a", "", "größe"),
        ];
        foreach (ModelInferRequest request in requests)
        {
            byte[] answer = await server.CallAsync(KServeBinding.ServiceName, "ModelInfer", request.ToByteArray());
            ModelInferResponse parsed = ModelInferResponse.Parser.ParseFrom(answer);
            await Assert.That(parsed.RawOutputContents.Count).IsEqualTo(1);
            await Assert.That(Convert.ToHexString(parsed.ToByteArray())).IsEqualTo(Convert.ToHexString(answer)).Because(request.ModelName);
        }
    }

    [Test]
    public async Task Strings_ComeBackWithEveryByte()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("passthrough_string"));
        string[] texts = ["", "a", "NUL\0inside", "größe 模型 🦊", new string('x', 10_000)];
        ModelInferResponse response = await server.Client.ModelInferAsync(Strings(texts));

        await Assert.That(response.Outputs[0].Datatype).IsEqualTo("BYTES");
        await Assert.That(response.RawOutputContents[0].ToBase64()).IsEqualTo(Strings(texts).RawInputContents[0].ToBase64());

        ModelInferRequest typed = Strings(texts);
        typed.RawInputContents.Clear();
        typed.Inputs[0].Contents = new InferTensorContents { BytesContents = { texts.Select(ByteString.CopyFromUtf8) } };
        await Assert.That((await server.Client.ModelInferAsync(typed)).RawOutputContents[0].ToBase64()).IsEqualTo(response.RawOutputContents[0].ToBase64());
    }

    [Test]
    public async Task RequestedOutputs_ComeInTheOrderAskedFor()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("all_types"));
        ModelInferRequest request = new() { ModelName = "all_types", Outputs = { new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "out_u8" }, new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "out_i64" } } };
        foreach (TensorInfo input in server.Registry.Current.Find("all_types", "").Value.Version.Servable!.Signature.Inputs)
        {
            request.Inputs.Add(new Input { Name = input.Name, Datatype = input.Marshaler.Datatype, Shape = { 1, 4 } });
            request.RawInputContents.Add(ByteString.CopyFrom([.. One(input.Marshaler.Datatype), .. new byte[input.Marshaler.BitWidth * 3 / 8]]));
        }

        ModelInferResponse some = await server.Client.ModelInferAsync(request);
        await Assert.That(some.Outputs.Select(static output => output.Name)).IsEquivalentTo(["out_u8", "out_i64"], TUnit.Assertions.Enums.CollectionOrdering.Matching);
        await Assert.That(some.RawOutputContents.Select(static raw => raw.Length)).IsEquivalentTo([4, 32], TUnit.Assertions.Enums.CollectionOrdering.Matching);

        request.Outputs.Clear();
        ModelInferResponse all = await server.Client.ModelInferAsync(request);
        await Assert.That(all.Outputs.Count).IsEqualTo(13);
        foreach ((ModelInferResponse.Types.InferOutputTensor output, ByteString raw) in all.Outputs.Zip(all.RawOutputContents))
        {
            int input = request.Inputs.Select(static tensor => tensor.Name).ToList().IndexOf("in" + output.Name[3..]);
            await Assert.That(raw.ToBase64()).IsEqualTo(request.RawInputContents[input].ToBase64()).Because(output.Name);
        }
    }

    [Test]
    public async Task LargeTensor_ComesBackWhole()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dynamic"));
        ModelInferRequest request = InferRequests.Doubling(20_000, 512);
        ModelInferResponse response = await server.Client.ModelInferAsync(request);

        float[] sent = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(request.RawInputContents[0].Span).ToArray();
        await Assert.That(response.Values<float>().Zip(sent).All(static pair => pair.First == 2 * pair.Second)).IsTrue();
        await Assert.That(response.RawOutputContents[0].Length).IsEqualTo(request.RawInputContents[0].Length);
    }

    [Test]
    public async Task ManyCallersOnOneConnection_EachGetTheirOwnAnswer()
    {
        Servable model = ServedModel.Load("dynamic", inferRequests: 3);
        await using GrpcServer server = await GrpcServer.StartAsync(model);
        await Parallel.ForEachAsync(Enumerable.Range(0, 640), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            float[] values = [i, i + 0.5f];
            ModelInferResponse response = await server.Client.ModelInferAsync(InferRequests.Raw("dynamic", "x", "FP32", [1, 2], values, $"{i}"));
            if (response.Id != $"{i}" || response.Values<float>() is not [float first, float second] || first != 2 * values[0] || second != 2 * values[1])
            {
                throw new InvalidOperationException($"Call {i} got the answer of another: {response}");
            }
        });
        await Assert.That(await Refusals.Eventually(() => model.Pool.InUse == 0)).IsTrue();
    }

    [Test]
    [Arguments("dummy", "b", 10, 1f)]
    [Arguments("scalar", "model_scalar_input", 1, 0f)]
    public async Task SmallModels_AnswerManyCallersEachTheirOwn(string model, string input, int count, float added)
    {
        // Their inputs are copied into the infer request's memory, their outputs stay in it, and they are computed in place.
        Servable servable = ServedModel.Load(model, inferRequests: 3);
        await using GrpcServer server = await GrpcServer.StartAsync(servable);
        await Parallel.ForEachAsync(Enumerable.Range(0, 2000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            float[] values = [.. Enumerable.Range(0, count).Select(at => (float)((count * i) + at))];
            ModelInferResponse response = await server.Client.ModelInferAsync(InferRequests.Raw(model, input, "FP32", count == 1 ? [] : [1, count], values));
            if (!response.Values<float>().SequenceEqual(values.Select(value => value + added)))
            {
                throw new InvalidOperationException($"Call {i} got the answer of another: {response}");
            }
        });
        await Assert.That(await Refusals.Eventually(() => servable.Pool.InUse == 0)).IsTrue();
    }

    [Test]
    public async Task FaultOfTheCaller_IsInvalidArgumentAndNamesTheInput()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        ModelInferRequest wrongType = InferRequests.Dummy();
        wrongType.Inputs[0].Datatype = "INT8";
        ModelInferRequest shortContent = InferRequests.Dummy();
        shortContent.RawInputContents[0] = ByteString.CopyFrom(new byte[36]);
        ModelInferRequest both = InferRequests.Dummy();
        both.Inputs[0].Contents = new InferTensorContents { Fp32Contents = { 1 } };

        CallStatus type = await Refusals.Of(server.Client.ModelInferAsync(wrongType));
        CallStatus content = await Refusals.Of(server.Client.ModelInferAsync(shortContent));
        CallStatus contents = await Refusals.Of(server.Client.ModelInferAsync(both));

        await Assert.That(type.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(type.Detail).Contains("Expected: FP32; Actual: INT8");
        await Assert.That(content.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(content.Detail).Contains("Expected: 40 bytes; Actual: 36 bytes");
        await Assert.That(contents.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(contents.Detail).Contains("raw_input_contents").And.Contains("b");
    }

    [Test]
    public async Task Draining_IsUnavailable()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        server.Served.Drain.StartDraining();
        await Assert.That((await Refusals.Of(server.Client.ModelInferAsync(InferRequests.Dummy()))).StatusCode).IsEqualTo(StatusCode.Unavailable);
    }

    [Test]
    public async Task DeadlineWhileWaiting_IsDeadlineExceededAndNothingStaysRented()
    {
        Servable model = ServedModel.Load("dummy", inferRequests: 1);
        await using GrpcServer server = await GrpcServer.StartAsync(model);
        InferSlot taken = (await model.Pool.RentAsync(default)).Value!;

        CallStatus missed = await Refusals.Of(server.Client.ModelInferAsync(InferRequests.Dummy(), deadline: DateTime.UtcNow.AddMilliseconds(300)));
        await Assert.That(missed.StatusCode).IsEqualTo(StatusCode.DeadlineExceeded);
        await Assert.That(await Refusals.Eventually(() => model.Pool.Waiting == 0)).IsTrue();

        taken.Return();
        await Assert.That((await server.Client.ModelInferAsync(InferRequests.Dummy())).Values<float>()[0]).IsEqualTo(1f);
        await Assert.That(await Refusals.Eventually(() => model.Pool.InUse == 0)).IsTrue();
    }

    [Test]
    public async Task CallerThatGoesAwayWhileWaiting_LeavesTheQueue()
    {
        Servable model = ServedModel.Load("dummy", inferRequests: 1);
        await using GrpcServer server = await GrpcServer.StartAsync(model);
        InferSlot taken = (await model.Pool.RentAsync(default)).Value!;
        using CancellationTokenSource leaving = new();

        Task<CallStatus> call = Refusals.Of(server.Client.ModelInferAsync(InferRequests.Dummy(), cancellationToken: leaving.Token));
        await Assert.That(await Refusals.Eventually(() => model.Pool.Waiting == 1)).IsTrue();
        await leaving.CancelAsync();

        await Assert.That((await call).StatusCode).IsEqualTo(StatusCode.Cancelled);
        await Assert.That(await Refusals.Eventually(() => model.Pool.Waiting == 0)).IsTrue();
        taken.Return();
        await Assert.That(model.Pool.InUse).IsEqualTo(0);
    }

    private static byte[] One(string datatype) => datatype switch
    {
        "BF16" => [0x80, 0x3F],
        "FP16" => [0x00, 0x3C],
        "FP32" => BitConverter.GetBytes(1f),
        "FP64" => BitConverter.GetBytes(1d),
        "INT64" or "UINT64" => BitConverter.GetBytes(1L),
        "INT32" or "UINT32" => BitConverter.GetBytes(1),
        "INT16" or "UINT16" => [1, 0],
        _ => [1],
    };

    private static ModelInferRequest Strings(params string[] texts)
    {
        using MemoryStream packed = new();
        Span<byte> length = stackalloc byte[sizeof(uint)];
        foreach (string text in texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)bytes.Length);
            packed.Write(length);
            packed.Write(bytes);
        }

        return InferRequests.Raw("passthrough_string", "my_name", "BYTES", [texts.Length], packed.ToArray());
    }
}
