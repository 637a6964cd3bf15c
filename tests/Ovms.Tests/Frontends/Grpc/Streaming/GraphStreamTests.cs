using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Table;
using CallStatus = Grpc.Core.Status;

namespace Ovms.Tests.Frontends.Grpc.Streaming;

/// <summary>Streams of requests to one graph, with the real engine.</summary>
public sealed class GraphStreamTests
{
    private const string Time = "OVMS_MP_TIMESTAMP";
    private const string Final = "triton_final_response";

    private static readonly string s_one = "input_stream: \"in\" output_stream: \"out\"\n" + ServedGraph.Session("dummy") + ServedGraph.Dummy("in", "out");

    private static readonly string s_two = "input_stream: \"in\" output_stream: \"one\" output_stream: \"two\"\n"
        + ServedGraph.Session("dummy") + ServedGraph.Dummy("in", "one") + ServedGraph.Dummy("one", "two");

    private static readonly string s_sum = """
        input_stream: "left" input_stream: "right" output_stream: "out"
        node {
          calculator: "OpenVINOInferenceCalculator" input_side_packet: "SESSION:summator" input_stream: "B:left" input_stream: "C:right"
          output_stream: "SUM:out"
          node_options: { [type.googleapis.com/mediapipe.OpenVINOInferenceCalculatorOptions]: {
            tag_to_input_tensor_names { key: "B" value: "b" } tag_to_input_tensor_names { key: "C" value: "c" }
            tag_to_output_tensor_names { key: "SUM" value: "sum" } } }
        }

        """ + ServedGraph.Session("summator");

    [Test]
    public async Task EachRequest_IsAnsweredWithItsIdAndTime()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        using OpenStream stream = OpenStream.To(server);
        for (int i = 0; i < 20; i++)
        {
            await stream.SendAsync(Numbers($"{i}", "in", i, time: i == 0 ? -100 : i * 10));
        }

        for (int i = 0; i < 20; i++)
        {
            ModelInferResponse answer = await stream.AnswerAsync();
            await Assert.That((answer.ModelName, answer.ModelVersion, answer.Id)).IsEqualTo(("g", "1", $"{i}"));
            await Assert.That(answer.Outputs.Single().Name).IsEqualTo("out");
            await Assert.That(answer.Parameters[Time].Int64Param).IsEqualTo(i == 0 ? -100 : i * 10);
            await Assert.That(answer.Parameters[Final].BoolParam).IsTrue();
            await Assert.That(answer.Values<float>()[0]).IsEqualTo(i + 1f);
        }

        await stream.CompleteAsync();
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
        await Assert.That(Graph(server).Statistics.Counted.Answered).IsGreaterThan(0);
    }

    [Test]
    public async Task TimesThatTheServerGives_Rise()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        using OpenStream stream = OpenStream.To(server);
        await stream.SendAsync([.. Enumerable.Range(0, 50).Select(static i => Numbers($"{i}", "in", i))]);
        long last = 0;
        for (int i = 0; i < 50; i++)
        {
            long time = (await stream.AnswerAsync()).Parameters[Time].Int64Param;
            await Assert.That(time).IsGreaterThan(last);
            last = time;
        }
    }

    [Test]
    public async Task EachOutput_IsAResponseOfItsOwn()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_two);
        using OpenStream stream = OpenStream.To(server);
        await stream.SendAsync(Numbers("a", "in", 5));
        ModelInferResponse first = await stream.AnswerAsync();
        ModelInferResponse second = await stream.AnswerAsync();
        await Assert.That((first.Outputs.Single().Name, first.Values<float>()[0], first.Parameters[Final].BoolParam)).IsEqualTo(("one", 6f, false));
        await Assert.That((second.Outputs.Single().Name, second.Values<float>()[0], second.Parameters[Final].BoolParam)).IsEqualTo(("two", 7f, true));
        await Assert.That((first.Id, second.Id)).IsEqualTo(("a", "a"));
    }

    [Test]
    public async Task EmptyFinalResponse_ComesWhereItIsAskedFor()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_two);
        using OpenStream stream = OpenStream.To(server);
        for (int round = 0; round < 3; round++)
        {
            ModelInferRequest request = Numbers($"{round}", "in", 5);
            request.Parameters["triton_enable_empty_final_response"] = new InferParameter { BoolParam = true };
            await stream.SendAsync(request);
            await Assert.That((await stream.AnswerAsync()).Parameters[Final].BoolParam).IsFalse();
            await Assert.That((await stream.AnswerAsync()).Parameters[Final].BoolParam).IsFalse();
            ModelInferResponse last = await stream.AnswerAsync();
            await Assert.That((last.Id, last.Outputs.Count, last.Parameters[Final].BoolParam)).IsEqualTo(($"{round}", 0, true));
        }

        await Assert.That(Graph(server).Statistics.Counted.Answered).IsGreaterThan(0);
    }

    [Test]
    public async Task InputsOfDifferentRequests_MeetAtTheirTime()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_sum);
        using OpenStream stream = OpenStream.To(server);
        await stream.SendAsync(
            Numbers("l1", "left", 1, 1), Numbers("l2", "left", 2, 2), Numbers("l3", "left", 3, 3),
            Numbers("r1", "right", 10, 1), Numbers("r2", "right", 20, 2), Numbers("r3", "right", 30, 3));
        for (int i = 1; i <= 3; i++)
        {
            ModelInferResponse answer = await stream.AnswerAsync();
            await Assert.That((answer.Values<float>()[0], answer.Parameters[Time].Int64Param, answer.Id)).IsEqualTo((11f * i, i, $"r{i}"));
        }

        await stream.CompleteAsync();
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
    }

    [Test]
    public async Task WrongRequest_IsToldAndTheGraphGoesOn()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        using OpenStream stream = OpenStream.To(server);
        ModelInferRequest small = Numbers("small", "in", 0);
        small.RawInputContents[0] = Google.Protobuf.ByteString.CopyFrom(new byte[39]);
        ModelInferRequest time = Numbers("time", "in", 0);
        time.Parameters[Time] = new InferParameter { StringParam = "soon" };
        ModelInferRequest name = Numbers("name", "in", 0);
        name.ModelName = "dummy";
        ModelInferRequest version = Numbers("version", "in", 0);
        version.ModelVersion = "2";
        await stream.SendAsync(Numbers("where", "other", 0), Numbers("good", "in", 1));
        await ErrorAsync("where", "Unexpected input - other is unexpected; partial deserialization of first request");
        await Assert.That((await stream.AnswerAsync()).Id).IsEqualTo("good");
        await stream.SendAsync(small, time, name, version, Numbers("last", "in", 2));
        await ErrorAsync("small", "Expected: 40 bytes; Actual: 39 bytes; input name: in; partial deserialization of subsequent requests");
        await ErrorAsync("time", "expected: -9223372036854775805 to 9223372036854775804; partial deserialization of subsequent requests");
        await ErrorAsync("name", "Subsequent request with incorrect servable name - Expected: g; Actual: dummy; validate subsequent requests");
        await ErrorAsync("version", "Subsequent request with incorrect servable version - Expected: 1; Actual: 2; validate subsequent requests");
        await Assert.That((await stream.AnswerAsync()).Id).IsEqualTo("last");
        await stream.CompleteAsync();
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);

        async Task ErrorAsync(string id, string text)
        {
            ModelStreamInferResponse error = await stream.ReadAsync();
            await Assert.That(error.InferResponse.Id).IsEqualTo(id);
            await Assert.That(error.ErrorMessage).EndsWith(text);
        }
    }

    // At once: the caller has not ended the stream, and sends nothing more.
    [Test]
    public async Task FailureOfTheGraph_EndsTheStreamAtOnce()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        using OpenStream stream = OpenStream.To(server);
        ModelInferRequest wide = InferRequests.Raw("g", "in", "FP32", [1, 11], new float[11]);
        await stream.SendAsync(Numbers("good", "in", 1));
        await stream.AnswerAsync();
        await stream.SendAsync(wide);
        CallStatus ended = await stream.EndAsync();
        await Assert.That(ended.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(ended.Detail).StartsWith("Mediapipe execution failed. MP status - ").And.Contains("OpenVINOInferenceCalculator").And.Contains("Invalid input shape");
    }

    [Test]
    public async Task TimeThatDoesNotRise_EndsTheStream()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        using OpenStream stream = OpenStream.To(server);
        await stream.SendAsync(Numbers("1", "in", 1, 7));
        await stream.AnswerAsync();
        await stream.SendAsync(Numbers("2", "in", 1, 7));
        CallStatus ended = await stream.EndAsync();
        await Assert.That(ended.StatusCode).IsEqualTo(StatusCode.FailedPrecondition);
        await Assert.That(ended.Detail).StartsWith("Failed to add packet to mediapipe graph input stream").And.Contains("expected: 8 or later");
    }

    [Test]
    public async Task SidePackets_ComeFromTheFirstRequest()
    {
        string text = s_one.Replace("input_stream: \"in\"", "input_side_packet: \"SIDE:allow\" input_stream: \"in\"", StringComparison.Ordinal);
        await using GrpcServer server = await ServedGraph.StartAsync(text
            .Replace("output_stream: \"A:out\"", "output_stream: \"A:made\"", StringComparison.Ordinal)
            + "node { calculator: \"GateCalculator\" input_side_packet: \"ALLOW:allow\" input_stream: \"made\" output_stream: \"out\" }");
        using (OpenStream without = OpenStream.To(server))
        {
            await without.SendAsync(Numbers("1", "in", 1));
            CallStatus ended = await without.EndAsync();
            await Assert.That(ended.Detail).StartsWith("Failed to start mediapipe graph").And.Contains("allow");
        }

        using OpenStream stream = OpenStream.To(server);
        ModelInferRequest first = Numbers("1", "in", 1);
        first.Parameters["allow"] = new InferParameter { BoolParam = true };
        ModelInferRequest second = Numbers("2", "in", 2);
        second.Parameters["allow"] = new InferParameter { BoolParam = false };
        await stream.SendAsync(first, second);
        await Assert.That((await stream.AnswerAsync()).Id).IsEqualTo("1");
        await Assert.That((await stream.AnswerAsync()).Id).IsEqualTo("2");
    }

    [Test]
    public async Task RetiredGraph_GoesOnForItsStream()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        Servable graph = Graph(server);
        using OpenStream stream = OpenStream.To(server);
        await stream.SendAsync(Numbers("1", "in", 1));
        await stream.AnswerAsync();
        server.Registry.Publish(ServedModel.Table([.. server.Registry.Current.Models.Select(static model => model.Versions.Single().Servable!).Where(static served => served.Id.Name != "g")]));
        graph.Retire();
        await stream.SendAsync(Numbers("2", "in", 1));
        await Assert.That((await stream.AnswerAsync()).Id).IsEqualTo("2");
        await Assert.That(graph.Drained.IsCompleted).IsFalse();
        using OpenStream late = OpenStream.To(server);
        await late.SendAsync(Numbers("1", "in", 1));
        await Assert.That((await late.EndAsync()).StatusCode).IsEqualTo(StatusCode.NotFound);
        await stream.CompleteAsync();
        await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
        await graph.Drained.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Test]
    public async Task CallerThatLeaves_EndsTheGraph()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        Servable graph = Graph(server);
        using (OpenStream stream = OpenStream.To(server))
        {
            await stream.SendAsync(Numbers("1", "in", 1));
            await stream.AnswerAsync();
        }

        server.Registry.Publish(ServedModel.Table());
        graph.Retire();
        await graph.Drained.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.That(graph.InUse).IsEqualTo(0);
    }

    [Test]
    public async Task GraphInAStreamOfModels_NeedsAStreamOfItsOwn()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_one);
        using OpenStream stream = OpenStream.To(server);
        await stream.SendAsync(InferRequests.Dummy("1"), Numbers("2", "in", 1));
        await stream.AnswerAsync();
        await Assert.That((await stream.ReadAsync()).ErrorMessage).Contains("g is a graph, which needs a stream of its own");
    }

    [Test]
    public async Task ManyStreams_DoNotSeeEachOther()
    {
        await using GrpcServer server = await ServedGraph.StartAsync(s_two);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            for (int round = 0; round < 5; round++)
            {
                using OpenStream stream = OpenStream.To(server);
                await stream.SendAsync([.. Enumerable.Range(0, 10).Select(i => Numbers($"{number}", "in", number, i))]);
                await stream.CompleteAsync();
                for (int i = 0; i < 20; i++)
                {
                    ModelInferResponse answer = await stream.AnswerAsync();
                    await Assert.That((answer.Id, answer.Values<float>()[0])).IsEqualTo(($"{number}", number + (answer.Outputs[0].Name == "one" ? 1f : 2f)));
                }

                await Assert.That((await stream.EndAsync()).StatusCode).IsEqualTo(StatusCode.OK);
            }
        }));
    }

    private static Servable Graph(GrpcServer server) =>
        server.Registry.Current.Models.Single(static model => model.Name == "g").Versions.Single().Servable!;

    private static ModelInferRequest Numbers(string id, string input, float value, long? time = null)
    {
        ModelInferRequest request = InferRequests.Raw("g", input, "FP32", [1, 10], Enumerable.Repeat(value, 10).ToArray(), id);
        if (time is { } given)
        {
            request.Parameters[Time] = new InferParameter { Int64Param = given };
        }

        return request;
    }
}
