using System.Net;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Outputs that no message can carry: their callers learn so on all front ends, and the server goes on.</summary>
public sealed class TooLargeAnswerTests
{
    // Floats; more bytes than an int counts.
    private const long Many = 540_000_000;

    private const string Reason = "Output y has 2160000000 bytes where 1073741824 may be sent";

    [Test]
    public async Task OutputOfMoreThanTwoGigabytes_IsRefusedOnBothFrontEnds()
    {
        using BroadcastModel model = new();
        await using OvmsServer server = await OvmsServer.StartAsync(model.Path, "m", "--nireq", "1", "--rest_memory_quota", "0");
        RpcException? refused = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.ModelInferAsync(Requests.For("m").WithRaw("s", "INT64", [2], [1L, Many])));
        await Assert.That(refused!.StatusCode).IsEqualTo(StatusCode.ResourceExhausted);
        await Assert.That(refused.Status.Detail).Contains(Reason);

        using StringContent columns = new($$"""{"inputs":{"s":[1,{{Many}}] } }""");
        using HttpResponseMessage rest = await server.Http.PostAsync("/v1/models/m:predict", columns);
        await Assert.That(rest.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await Assert.That(await rest.Content.ReadAsStringAsync()).Contains(Reason);

        ModelInferResponse served = await server.Client.ModelInferAsync(Requests.For("m").WithRaw("s", "INT64", [2], [1L, 4L]));
        await Assert.That(served.RawOutputContents[0].Length).IsEqualTo(16);
    }
}
