using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Messages that do not come: one rule for both front ends.</summary>
public sealed class ArrivalTests
{
    [Test]
    [Arguments("--request_start_timeout_seconds", false)]
    [Arguments("--request_stall_timeout_seconds", true)]
    [Arguments("--request_timeout_seconds", true)]
    public async Task CallerThatTakesTooLong_IsToldWhichLimitItPassed(string option, bool begins)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", option, "1");
        using RawGrpc raw = new(server.GrpcPort);
        foreach (string call in new[] { "ModelInfer", "ModelMetadata" })
        {
            RawGrpc.Unfinished message = new(begins ? [.. RawGrpc.Head(100), 1, 2, 3] : []);
            using HttpResponseMessage answer = await raw.SendAsync(call, message);
            await answer.Content.ReadAsByteArrayAsync();
            await Assert.That(RawGrpc.Header(answer, "grpc-status")).IsEqualTo($"{(int)StatusCode.DeadlineExceeded}").Because(call);
            await Assert.That(RawGrpc.Header(answer, "grpc-message")).Contains(option[2..]);
        }

        // The connection ends by itself, since the rest of the body may still come.
        byte[] body = RawHttp.Request("POST /v2/models/dummy/infer", "Content-Length: 1000\r\n", begins ? "{\"inputs\":["u8.ToArray() : []);
        string refused = await RawHttp.ExchangeAsync(server.RestPort, body);
        await Assert.That(RawHttp.Status(refused)).IsEqualTo(408);
        await Assert.That(RawHttp.Body(refused)).Contains(option[2..]);
    }
}
