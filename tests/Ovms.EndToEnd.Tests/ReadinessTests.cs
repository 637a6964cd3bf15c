using System.Net;
using Grpc.Health.V1;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Who is told that the server is ready finds every version that is configured.</summary>
public sealed class ReadinessTests
{
    private const string All = """, "model_version_policy": {"all": {}}""";

    [Test]
    public async Task Start_SaysReadyWhenTheLowestOfAllVersionsCanBeCalled()
    {
        await using LivingRepository repository = new();
        PutThree(repository);
        repository.Configure("m" + All);
        await using OvmsServer server = await OvmsServer.StartOnAsync("Started REST server", null, "--config_path", repository["config.json"]);
        HttpStatusCode ready;
        do
        {
            using HttpResponseMessage answer = await server.Http.GetAsync("/v2/health/ready");
            ready = answer.StatusCode;
        }
        while (ready != HttpStatusCode.OK);

        using HttpResponseMessage lowest = await server.Http.GetAsync("/v2/models/m/versions/1/ready");
        await Assert.That(lowest.StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That((await server.Client.ServerReadyAsync(new ServerReadyRequest())).Ready).IsTrue();
        HealthCheckResponse health = await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest());
        await Assert.That(health.Status).IsEqualTo(HealthCheckResponse.Types.ServingStatus.Serving);
        await server.Process.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
    }

    [Test]
    public async Task Reload_SaysReadyAgainWhenItsVersionsCanBeCalled()
    {
        await using LivingRepository repository = new();
        PutThree(repository);
        repository.Configure("m");
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        await Assert.That(await repository.StatesAsync("m")).IsEqualTo("3 AVAILABLE");

        repository.Configure("m" + All);
        Task<(HttpStatusCode Code, string Body, string? Error)> reload = repository.ReloadAsync();

        // From when the reload has shown its versions, ready means that all of them answer.
        List<string> early = [];
        while (!reload.IsCompleted)
        {
            using HttpResponseMessage ready = await repository.Http.GetAsync("/v2/health/ready");
            string states = await repository.StatesAsync("m");
            if (ready.IsSuccessStatusCode && (states.Contains("START", StringComparison.Ordinal) || states.Contains("LOADING", StringComparison.Ordinal)))
            {
                // The versions may have become known between the two questions: asked again in the other order.
                using HttpResponseMessage again = await repository.Http.GetAsync("/v2/health/ready");
                string after = await repository.StatesAsync("m");
                if (again.IsSuccessStatusCode && after != "1 AVAILABLE, 2 AVAILABLE, 3 AVAILABLE")
                {
                    early.Add(after);
                }
            }
        }

        await Assert.That((await reload).Code).IsEqualTo(HttpStatusCode.Created);
        await Assert.That(early).IsEmpty();
        await Assert.That(await repository.StatesAsync("m")).IsEqualTo("1 AVAILABLE, 2 AVAILABLE, 3 AVAILABLE");
        using HttpResponseMessage atTheEnd = await repository.Http.GetAsync("/v2/health/ready");
        await Assert.That(atTheEnd.StatusCode).IsEqualTo(HttpStatusCode.OK);
    }

    [Test]
    public async Task BrokenVersion_HoldsNoReadinessBackAndIsNamed()
    {
        await using LivingRepository repository = new();
        PutThree(repository);
        repository.PutBroken("m", 2);
        repository.Configure("m" + All);
        await repository.StartAsync("--file_system_poll_wait_seconds", "0");
        using HttpResponseMessage ready = await repository.Http.GetAsync("/v2/health/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.OK);
        await Assert.That((await repository.StatusAsync()).Error).Contains("Model m; version: 2: ");
        await Assert.That(repository.Process.Output).Contains("Model m; version: 2 cannot be served").And.Contains("Ready after");
    }

    private static void PutThree(LivingRepository repository)
    {
        for (int version = 1; version <= 3; version++)
        {
            repository.Put("m", version, adds: version);
        }
    }
}
