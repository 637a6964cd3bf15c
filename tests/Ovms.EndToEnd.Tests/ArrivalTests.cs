using System.Net.Sockets;
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

    // The time counts from the headers: the message that begins last is given up first, as its headers came first.
    [Test]
    [Arguments("ModelInfer")]
    [Arguments("ModelMetadata")]
    [Arguments("REST")]
    public async Task MessageThatBeginsLate_HasNoMoreTimeAltogether(string call)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--request_timeout_seconds", "4");
        using Socket late = await BeginAsync(server, call);
        await Task.Delay(TimeSpan.FromSeconds(1));
        using Socket prompt = await BeginAsync(server, call);
        await prompt.SendAsync(Part(call));
        await Task.Delay(TimeSpan.FromSeconds(1));
        await late.SendAsync(Part(call));
        Task<string> first = EndAsync(call, late);
        Task<string> second = EndAsync(call, prompt);
        bool endsFirst = await Task.WhenAny(first, second) == first;
        await Assert.That(endsFirst).IsTrue();
        await Assert.That(await first).Contains("request_timeout_seconds");
        await Assert.That(await second).Contains("request_timeout_seconds");
    }

    private static async Task<Socket> BeginAsync(OvmsServer server, string call)
    {
        if (call != "REST")
        {
            Socket grpc = await Http2Frames.ConnectAsync(server.GrpcPort);
            await grpc.SendAsync(Http2Frames.Headers(1, $"/{RawGrpc.Inference}/{call}"));
            return grpc;
        }

        Socket rest = await RawHttp.ConnectAsync(server.RestPort);
        await rest.SendAsync(RawHttp.Request("POST /v2/models/dummy/infer", "Content-Length: 1000\r\n", []));
        return rest;
    }

    private static byte[] Part(string call) => call == "REST" ? "{\"inputs\":["u8.ToArray() : Http2Frames.Unfinished(1, [.. RawGrpc.Head(100), 1, 2, 3]);

    // The text of the refusal: over gRPC within the headers that end the stream.
    private static async Task<string> EndAsync(string call, Socket socket) =>
        call == "REST" ? await RawHttp.ReadToEndAsync(socket) : await Http2Frames.EndAsync(socket, 1);
}
