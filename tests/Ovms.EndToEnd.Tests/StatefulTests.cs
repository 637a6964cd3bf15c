using System.Net;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Sequences of a stateful model on the published binary.</summary>
public sealed class StatefulTests
{
    [Test]
    public async Task TwoHundredInterleavedSequences_AllHaveTheirSums()
    {
        const int Sequences = 200;
        const int Steps = 12;
        await using OvmsServer server = await Sums.ServeAsync("--nireq", "4");
        float[][] sums = await Task.WhenAll(Enumerable.Range(1, Sequences).Select(number => Task.Run(async () =>
        {
            // Each of the ways has sequences that name themselves and sequences that let the server choose.
            Sums.Way way = (Sums.Way)(number % 4);
            float[] told = new float[Steps];
            (told[0], ulong id) = await server.AddAsync(way, number % 8 < 4 ? (ulong)number : 0, number, start: true);
            for (int step = 1; step < Steps; step++)
            {
                (told[step], ulong same) = await server.AddAsync(way, id, number + step, end: step == Steps - 1);
                await Assert.That(same).IsEqualTo(id);
            }

            return told;
        })));

        for (int number = 1; number <= Sequences; number++)
        {
            float[] expected = [.. Enumerable.Range(1, Steps).Select(steps => (float)Enumerable.Range(number, steps).Sum())];
            await Assert.That(sums[number - 1]).IsEquivalentTo(expected);
        }
    }

    [Test]
    public async Task CallsSentWithoutWaiting_ComputeOneAfterTheOther()
    {
        await using OvmsServer server = await Sums.ServeAsync();
        await server.AddAsync(Sums.Way.GrpcParameters, 1, 0, start: true);
        (float Sum, ulong Id)[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.AddAsync(Sums.Way.GrpcParameters, 1, 1)));
        await Assert.That(answers.Select(static answer => answer.Sum).Order()).IsEquivalentTo(Enumerable.Range(1, 100).Select(static sum => (float)sum));
    }

    [Test]
    public async Task SequenceOfOneApi_GoesOnThroughAnother()
    {
        await using OvmsServer server = await Sums.ServeAsync();
        await Assert.That(await server.AddAsync(Sums.Way.GrpcTensors, 3, 1, start: true)).IsEqualTo((1f, 3UL));
        await Assert.That(await server.AddAsync(Sums.Way.RestParameters, 3, 2)).IsEqualTo((3f, 3UL));
        await Assert.That(await server.AddAsync(Sums.Way.GrpcParameters, 3, 3)).IsEqualTo((6f, 3UL));
        await Assert.That(await server.AddAsync(Sums.Way.RestTensors, 3, 4, end: true)).IsEqualTo((10f, 3UL));
        await Assert.That(server.Process.Output.Contains("][warning][", StringComparison.Ordinal)).IsFalse();
    }

    [Test]
    public async Task TextsAsIds_AreSequencesOfTheirOwn()
    {
        await using OvmsServer server = await Sums.ServeAsync();
        await server.AddAsync(Sums.Way.GrpcParameters, 7, 100, start: true);
        (_, string first) = await server.PostAsync(Sums.Json("""{"sequence_id":"7","sequence_start":"true"}""", 1));
        ModelInferRequest second = Sums.WithParameters(2, 0);
        second.Parameters["sequence_id"] = new InferParameter { StringParam = "7" };
        ModelInferResponse answer = await server.Client.ModelInferAsync(second);
        await Assert.That(first).Contains("\"parameters\":{\"sequence_id\":\"7\"}");
        await Assert.That(answer.Values<float>("sum")[0]).IsEqualTo(3f);
        await Assert.That(answer.Parameters["sequence_id"].StringParam).IsEqualTo("7");
        await Assert.That((await server.AddAsync(Sums.Way.GrpcParameters, 7, 100)).Sum).IsEqualTo(200f);
    }

    [Test]
    public async Task MetadataStaysTheModelsOwn()
    {
        await using OvmsServer server = await Sums.ServeAsync();
        ModelMetadataResponse metadata = await server.Client.ModelMetadataAsync(new ModelMetadataRequest { Name = "sums" });
        await Assert.That(metadata.Inputs.Select(static input => input.Name)).IsEquivalentTo(["x"]);
        await Assert.That(metadata.Outputs.Select(static output => output.Name)).IsEquivalentTo(["sum"]);
    }

    [Test]
    public async Task EveryFault_HasItsCodesAndTheOriginalsWords()
    {
        await using OvmsServer server = await Sums.ServeAsync("--max_sequence_number", "1");
        await server.AddAsync(Sums.Way.GrpcTensors, 1, 1, start: true);
        (ModelInferRequest Grpc, string Json, StatusCode Code, HttpStatusCode Status, string Text)[] faults =
        [
            (Sums.WithTensors(1, 2, 0), Sums.JsonWithTensors(1, 2, 0), StatusCode.NotFound, HttpStatusCode.NotFound, "Sequence with provided ID does not exist"),
            (Sums.WithParameters(1, 2, end: true), Sums.JsonWithParameters(1, 2, end: true), StatusCode.NotFound, HttpStatusCode.NotFound, "Sequence with provided ID does not exist"),
            (Sums.WithTensors(1, 1, 1), Sums.JsonWithTensors(1, 1, 1), StatusCode.AlreadyExists, HttpStatusCode.Conflict, "Sequence with provided ID already exists"),
            (Sums.WithTensors(1, 2, 1), Sums.JsonWithTensors(1, 2, 1), StatusCode.Unavailable, HttpStatusCode.ServiceUnavailable, "Max sequence number has been reached. Could not create new sequence."),
            (Sums.WithTensors(1, 0, 0), Sums.JsonWithTensors(1, 0, 0), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Sequence ID has not been provided in request inputs"),
            (Sums.WithTensors(1, 0, 2), Sums.JsonWithTensors(1, 0, 2), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Sequence ID has not been provided in request inputs"),
            (Requests.For("sums").WithRaw("x", "FP32", [1, 1], 1f), Sums.Json("{}", 1), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Sequence ID has not been provided in request inputs"),
            (Sums.WithTensors(1, 1, 3), Sums.JsonWithTensors(1, 1, 3), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Unexpected value of sequence control input"),
            (WithTensor("sequence_id", "INT64", 1L), Sums.Json("{}", 1, JsonTensor("sequence_id", "INT64")), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Could not find sequence id in expected tensor proto field uint64_val"),
            (WithTensor("sequence_control_input", "INT32", 1), Sums.Json("{}", 1, JsonTensor("sequence_control_input", "INT32")), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Could not find sequence control input in expected tensor proto field uint32_val"),
            (WithParameter(new InferParameter { Int64Param = -1 }), Sums.Json("""{"sequence_id":-1}""", 1), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Could not parse request parameters - parameters.sequence_id"),
            (WithParameter(new InferParameter { BoolParam = true }), Sums.Json("""{"sequence_id":true}""", 1), StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "Could not parse request parameters - parameters.sequence_id"),
        ];
        foreach ((ModelInferRequest grpc, string rest, StatusCode code, HttpStatusCode expected, string text) in faults)
        {
            RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(grpc));
            await Assert.That(refused.StatusCode).IsEqualTo(code).Because(refused.Status.Detail);
            await Assert.That(refused.Status.Detail).StartsWith(text);
            (HttpStatusCode status, string body) = await server.PostAsync(rest);
            await Assert.That(status).IsEqualTo(expected).Because(body);
            await Assert.That(body).StartsWith($"{{\"error\":\"{text}");
        }

        // None of them touched the sequence.
        await Assert.That((await server.AddAsync(Sums.Way.RestTensors, 1, 1, end: true)).Sum).IsEqualTo(2f);
        await Assert.That((await server.AddAsync(Sums.Way.RestTensors, 2, 1, start: true)).Sum).IsEqualTo(1f);
    }

    [Test]
    public async Task FailedInference_EndsItsSequenceAndNoOther()
    {
        using BranchedModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "m", "--stateful", "--nireq", "2");
        foreach (long id in (long[])[1, 2])
        {
            await server.Client.ModelInferAsync(Branched(2, 2, id, start: true));
        }

        RpcException refused = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Branched(2, 3, 1)));
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        RpcException gone = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(Branched(2, 2, 1)));
        await Assert.That(gone.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That((await server.Client.ModelInferAsync(Branched(2, 2, 2))).Outputs[0].Shape[0]).IsEqualTo(2);
        await server.Client.ModelInferAsync(Branched(2, 2, 1, start: true));
        await Assert.That(server.Process.Output.Split('\n').Where(static line => line.Contains("keeps no state", StringComparison.Ordinal))).HasSingleItem();
    }

    [Test]
    public async Task ReloadOfTheModel_EndsItsSequences()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-sums-");
        try
        {
            PutVersion(folder, 1);
            await using OvmsServer server = await OvmsServer.StartAsync(folder.FullName, "sums", "--stateful", "--file_system_poll_wait_seconds", "0");
            await server.AddAsync(Sums.Way.GrpcParameters, 1, 1, start: true);
            PutVersion(folder, 2);
            using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
            await Assert.That(reloaded.StatusCode).IsEqualTo(HttpStatusCode.Created);

            RpcException gone = await Fault.OfAsync(() => server.AddAsync(Sums.Way.GrpcParameters, 1, 1));
            await Assert.That(gone.StatusCode).IsEqualTo(StatusCode.NotFound);
            await Assert.That(gone.Status.Detail).StartsWith("Sequence with provided ID does not exist");
            await Assert.That((await server.AddAsync(Sums.Way.GrpcParameters, 1, 5, start: true)).Sum).IsEqualTo(5f);
            await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public async Task IdleSequence_IsRemovedBetweenOneAndTwoPeriods()
    {
        await using OvmsServer server = await Sums.ServeAsync("--sequence_cleaner_poll_wait_minutes", "1", "--max_sequence_number", "1");
        await server.AddAsync(Sums.Way.GrpcParameters, 1, 1, start: true);
        await server.Process.WaitForLineAsync(static line => line.Contains("idle sequences removed: 1; left: 0", StringComparison.Ordinal), OvmsProcess.Patience * 3);
        RpcException gone = await Fault.OfAsync(() => server.AddAsync(Sums.Way.GrpcParameters, 1, 1));
        await Assert.That(gone.StatusCode).IsEqualTo(StatusCode.NotFound);
        await Assert.That((await server.AddAsync(Sums.Way.GrpcParameters, 2, 5, start: true)).Sum).IsEqualTo(5f);
    }

    [Test]
    [Arguments("--stateful --target_device AUTO:CPU", "Stateful models run on the CPU only; Expected: target_device CPU; Actual: AUTO:CPU")]
    [Arguments("--stateful --batch_size auto", "Stateful models have no auto batch_size or shape")]
    [Arguments("--stateful --low_latency_transformation", "low_latency_transformation: OpenVINO's C interface")]
    [Arguments("--stateful=false --max_sequence_number 3", "Stateful model config parameter used for non stateful model - max_sequence_number needs stateful: true")]
    public async Task WhatStatefulModelsCannotBeGiven_IsRefusedAtTheStart(string arguments, string why)
    {
        await using OvmsServer server = OvmsServer.Launch(Repo.Model("accumulator"), "sums", null, arguments.Split(' '));
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(server.Process.Output).Contains(why);
    }

    [Test]
    [Arguments("--max_sequence_number 3")]
    [Arguments("--low_latency_transformation")]
    [Arguments("--idle_sequence_cleanup=false")]
    public async Task SequenceOptionsWithoutStateful_AreTheUsagesFault(string arguments)
    {
        await using OvmsServer server = OvmsServer.Launch(Repo.Model("accumulator"), "sums", null, arguments.Split(' '));
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(OperatingSystem.IsWindows() ? 3 : 64);
        await Assert.That(server.Process.Errors).Contains("require setting stateful flag for the model");
    }

    private static void PutVersion(DirectoryInfo folder, int version)
    {
        DirectoryInfo target = folder.CreateSubdirectory($"{version}");
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repo.Model("accumulator"), "1")))
        {
            File.Copy(file, Path.Combine(target.FullName, Path.GetFileName(file)));
        }
    }

    private static ModelInferRequest Branched(long a, long b, long id, bool start = false)
    {
        ModelInferRequest request = Requests.For("m").WithRaw("a", "FP32", [a, 4], new float[a * 4]).WithRaw("b", "FP32", [b, 4], new float[b * 4]);
        request.Parameters["sequence_id"] = new InferParameter { Int64Param = id };
        request.Parameters["sequence_start"] = new InferParameter { BoolParam = start };
        return request;
    }

    private static ModelInferRequest WithTensor<T>(string name, string datatype, T value)
        where T : unmanaged => Requests.For("sums").WithRaw("x", "FP32", [1, 1], 1f).WithRaw(name, datatype, [1], value);

    private static string JsonTensor(string name, string datatype) => $$"""{"name":"{{name}}","shape":[1],"datatype":"{{datatype}}","data":[1]}""";

    private static ModelInferRequest WithParameter(InferParameter id)
    {
        ModelInferRequest request = Requests.For("sums").WithRaw("x", "FP32", [1, 1], 1f);
        request.Parameters["sequence_id"] = id;
        return request;
    }
}
