using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Calls whose model is known and whose body cannot be read: failed calls of that model, over whichever front they came.</summary>
public sealed class FailedCallStatisticsTests
{
    [Test]
    [Arguments("/v2/models/dummy/infer")]
    [Arguments("/v1/models/dummy:predict")]
    public async Task RestBodyThatCannotBeRead_CountsAsFailed(string path)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using StringContent body = new("{\"inputs\":[");
        using HttpResponseMessage answer = await server.Http.PostAsync(path, body);
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.BadRequest);
        await Assert.That(await FailedAsync(server)).IsEqualTo(1UL);
    }

    [Test]
    public async Task GrpcMessageThatBreaksOffBehindTheModelsName_CountsAsFailed()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using RawGrpc raw = new(server.GrpcPort);

        // An input of 100 bytes is announced and 1 byte of it there.
        byte[] message = [.. Requests.For("dummy").ToByteArray(), 0x2A, 100, 1];
        (int status, _) = await raw.PostAsync("ModelInfer", RawGrpc.Frame(message));
        await Assert.That(status).IsEqualTo((int)StatusCode.InvalidArgument);
        await Assert.That(await FailedAsync(server)).IsEqualTo(1UL);
    }

    private static async Task<ulong> FailedAsync(OvmsServer server) =>
        (await server.Client.ModelStatisticsAsync(new ModelStatisticsRequest { Name = "dummy" })).ModelStats.Single().InferenceStats.Fail.Count;
}
