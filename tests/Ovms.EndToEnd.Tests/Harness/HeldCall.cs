using Grpc.Core;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A server with one call that is known to be in flight: a batch that never fills holds it for a given time, long enough to stop the
/// server under it.
/// </summary>
internal sealed class HeldCall : IAsyncDisposable
{
    private HeldCall(OvmsServer server, Task<ModelInferResponse> answer)
    {
        Server = server;
        Answer = answer;
    }

    public OvmsServer Server { get; }

    /// <summary>The answer (b + 1 of 1 to 10) of the call in flight.</summary>
    public Task<ModelInferResponse> Answer { get; }

    /// <summary>A request of the kind that is held.</summary>
    public static ModelInferRequest Request => Requests.For("dummy").WithRaw("b", "FP32", [1, 10], 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f);

    /// <summary>Starts the server and the call, and returns when the call holds its infer request.</summary>
    public static async Task<HeldCall> StartAsync(int milliseconds, params string[] more)
    {
        OvmsServer server = await OvmsServer.StartAsync(
            Repo.Model("dummy"),
            "dummy",
            [
                "--target_device", "BATCH:CPU(16)", "--plugin_config", $$"""{"AUTO_BATCH_TIMEOUT": {{milliseconds}}}""",
                "--nireq", "1", "--infer_queue_size", "0", .. more,
            ]);

        // There is one infer request and no queue: as soon as one of two calls is refused, the other one is in flight.
        Task<ModelInferResponse>[] calls = [server.Client.ModelInferAsync(Request).ResponseAsync, server.Client.ModelInferAsync(Request).ResponseAsync];
        Task<ModelInferResponse> ended = await Task.WhenAny(calls);
        RpcException refused = await Fault.OfAsync(async () => await ended);
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.ResourceExhausted).Because(refused.Status.Detail);
        return new HeldCall(server, calls[0] == ended ? calls[1] : calls[0]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
