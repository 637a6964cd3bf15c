using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Calls of the dummy that check their answers.</summary>
internal static class DummyCalls
{
    /// <summary>Makes so many calls at the same time, each with values of its own.</summary>
    public static Task CheckDummyAsync(this OvmsServer server, string model, int calls = 1) => server.Client.CheckDummyAsync(model, calls);

    /// <inheritdoc cref="CheckDummyAsync(OvmsServer, string, int)"/>
    public static async Task CheckDummyAsync(this GRPCInferenceService.GRPCInferenceServiceClient client, string model, int calls = 1)
    {
        IEnumerable<ModelInferRequest> requests =
            Enumerable.Range(0, calls).Select(call => Requests.For(model).WithRaw("b", "FP32", [1, 10], FloatCalls.Count(10, call)));
        Task<ModelInferResponse>[] answers = [.. requests.Select(request => client.ModelInferAsync(request).ResponseAsync)];
        for (int call = 0; call < calls; call++)
        {
            await Assert.That((await answers[call]).Values<float>("a").SequenceEqual(FloatCalls.Count(10, call + 1))).IsTrue();
        }
    }
}
