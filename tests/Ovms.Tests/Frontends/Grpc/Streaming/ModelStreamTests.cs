using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Table;
using Ovms.Tests.Serving.Sequences;
using CallStatus = Grpc.Core.Status;

namespace Ovms.Tests.Frontends.Grpc.Streaming;

/// <summary>Streams of requests to models, with the real engine.</summary>
public sealed class ModelStreamTests
{
    [Test]
    public async Task Answers_ComeInTheOrderOfTheRequestsWithTheirIds()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dynamic"), ServedModel.Load("dummy"));
        using OpenStream stream = OpenStream.To(server);
        ModelInferRequest[] requests = [.. Enumerable.Range(0, 100).Select(static i => InferRequests.Raw("dynamic", "x", "FP32", [i % 7 == 0 ? 300 : 1, 1], new float[i % 7 == 0 ? 300 : 1].Select(_ => (float)i).ToArray(), i.ToString(CultureInfo.InvariantCulture)))];
        Task sending = Task.Run(async () =>
        {
            await stream.SendAsync(requests);
            await stream.SendAsync(InferRequests.Dummy("other"));
            await stream.CompleteAsync();
        });
        for (int i = 0; i < requests.Length; i++)
        {
            ModelInferResponse answer = await stream.AnswerAsync();
            await Assert.That((answer.Id, answer.Values<float>()[0], answer.ModelName)).IsEqualTo((i.ToString(CultureInfo.InvariantCulture), 2f * i, "dynamic"));
            await Assert.That(answer.Parameters["triton_final_response"].BoolParam).IsTrue();
        }

        await Assert.That((await stream.AnswerAsync()).ModelName).IsEqualTo("dummy");
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
        await sending;
    }

    [Test]
    public async Task WrongRequest_IsToldAndTheStreamGoesOn()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        using OpenStream stream = OpenStream.To(server);
        ModelInferRequest wrong = InferRequests.Dummy("wrong");
        wrong.Inputs[0].Name = "z";
        ModelInferRequest unknown = InferRequests.Dummy("unknown");
        unknown.ModelName = "nothing";
        await stream.SendAsync(InferRequests.Dummy("1"), wrong, unknown, InferRequests.Dummy("2"));
        await Assert.That((await stream.AnswerAsync()).Id).IsEqualTo("1");
        ModelStreamInferResponse error = await stream.ReadAsync();
        await Assert.That(error.ErrorMessage).Contains("z");
        await Assert.That(error.InferResponse.Id).IsEqualTo("wrong");
        error = await stream.ReadAsync();
        await Assert.That(error.ErrorMessage).Contains("nothing");
        await Assert.That(error.InferResponse.Id).IsEqualTo("unknown");
        await Assert.That((await stream.AnswerAsync()).Id).IsEqualTo("2");
        await stream.CompleteAsync();
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
        await Assert.That(server.Registry.Current.Models.Single().Versions.Single().Servable!.Statistics.Counted.Failed).IsEqualTo(1);
    }

    [Test]
    public async Task FirstRequestOfAnUnknownModel_EndsTheStream()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        using OpenStream stream = OpenStream.To(server);
        ModelInferRequest unknown = InferRequests.Dummy();
        unknown.ModelName = "nothing";
        await stream.SendAsync(unknown);
        CallStatus ended = await stream.EndAsync();
        await Assert.That(ended.StatusCode).IsEqualTo(StatusCode.NotFound).Because(ended.Detail);
    }

    [Test]
    public async Task EmptyStream_EndsWell()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        using OpenStream stream = OpenStream.To(server);
        await stream.CompleteAsync();
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
    }

    [Test]
    public async Task BytesThatAreNoRequest_AreToldAndTheStreamGoesOn()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Marshaller<byte[]> bytes = Marshallers.Create(static raw => raw, static raw => raw);
        Method<byte[], byte[]> method = new(MethodType.DuplexStreaming, "inference.GRPCInferenceService", "ModelStreamInfer", bytes, bytes);
        using AsyncDuplexStreamingCall<byte[], byte[]> call = server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
        foreach (byte[] request in (byte[][])[[0x0A, 0x20, 0x41], InferRequests.Dummy("1").ToByteArray(), [0x0A, 0x20], [], InferRequests.Dummy("2").ToByteArray()])
        {
            await call.RequestStream.WriteAsync(request);
        }

        await call.RequestStream.CompleteAsync();
        List<ModelStreamInferResponse> responses = [];
        while (await call.ResponseStream.MoveNext())
        {
            responses.Add(ModelStreamInferResponse.Parser.ParseFrom(call.ResponseStream.Current));

            // What is written is what the reference would write.
            await Assert.That(call.ResponseStream.Current).IsEquivalentTo(responses[^1].ToByteArray());
        }

        await Assert.That(string.Join(' ', responses.Select(static response => response.ErrorMessage.Length > 0 ? "error" : response.InferResponse.Id))).IsEqualTo("error 1 error error 2");
        await Assert.That(call.GetStatus().StatusCode).IsEqualTo(StatusCode.OK);
    }

    [Test]
    public async Task CompressedRequests_AreRead()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        using AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> call =
            server.Client.ModelStreamInfer(new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        for (int i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(InferRequests.Dummy("packed"));
            await call.ResponseStream.MoveNext();
            await Assert.That(call.ResponseStream.Current.InferResponse.Values<float>()[9]).IsEqualTo(10f);
        }
    }

    [Test]
    public async Task Sequences_AreComputedInOrder()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(Accumulator.Serve());
        using OpenStream stream = OpenStream.To(server);
        const int Length = 20;
        for (int step = 0; step < Length; step++)
        {
            for (int sequence = 1; sequence <= 3; sequence++)
            {
                ModelInferRequest request = InferRequests.Raw("accumulator", "x", "FP32", [1, 1], [(float)sequence], $"{sequence}.{step}");
                request.Parameters["sequence_id"] = new InferParameter { Int64Param = sequence };
                request.Parameters["sequence_start"] = new InferParameter { BoolParam = step == 0 };
                request.Parameters["sequence_end"] = new InferParameter { BoolParam = step == Length - 1 };
                await stream.SendAsync(request);
            }
        }

        for (int step = 0; step < Length; step++)
        {
            for (int sequence = 1; sequence <= 3; sequence++)
            {
                ModelInferResponse answer = await stream.AnswerAsync();
                await Assert.That((answer.Id, answer.Values<float>()[0])).IsEqualTo(($"{sequence}.{step}", (float)(sequence * (step + 1))));
            }
        }
    }

    [Test]
    public async Task CallerThatDoesNotRead_HoldsTheStreamBack()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dynamic"));
        Servable servable = server.Registry.Current.Models.Single().Versions.Single().Servable!;
        using OpenStream stream = OpenStream.To(server);

        // 8 MB each way a time: more than all buffers between the two hold.
        ModelInferRequest large = InferRequests.Doubling(4000, 500);
        int sent = 0;
        Task sending = Task.Run(async () =>
        {
            for (; sent < 20; sent++)
            {
                await stream.SendAsync(large);
            }

            await stream.CompleteAsync();
        });
        await Assert.That(await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(2))) != sending).IsTrue();
        await Assert.That(servable.Statistics.Counted.Answered + servable.InUse).IsLessThan(6);
        for (int i = 0; i < 20; i++)
        {
            await Assert.That((await stream.AnswerAsync()).Values<float>()[^1]).IsEqualTo(2f * 1_999_999);
        }

        await sending;
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
    }

    [Test]
    public async Task Deadline_EndsTheStream()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        using OpenStream stream = OpenStream.To(server, DateTime.UtcNow.AddSeconds(1));
        await stream.SendAsync(InferRequests.Dummy());
        await stream.AnswerAsync();
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.DeadlineExceeded);
    }

    [Test]
    public async Task CallerThatLeaves_LeavesNothingBehind()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(ServedModel.Load("dummy"));
        Servable servable = server.Registry.Current.Models.Single().Versions.Single().Servable!;
        using (OpenStream stream = OpenStream.To(server))
        {
            await stream.SendAsync(InferRequests.Dummy(), InferRequests.Dummy(), InferRequests.Dummy());
            await stream.AnswerAsync();
        }

        server.Registry.Publish(ServedModel.Table());
        servable.Retire();
        await servable.Drained.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
