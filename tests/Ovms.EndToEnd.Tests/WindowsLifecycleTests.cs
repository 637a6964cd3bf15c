using System.Net;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>The package for Windows while its models and devices change, and how it ends.</summary>
[NotInParallel(Wine.Alone)]
public sealed class WindowsLifecycleTests
{
    [Before(Test)]
    public void RequireWindows() => Wine.Require();

    [Test]
    public async Task VersionsAndConfiguration_AreFollowed()
    {
        await using LivingRepository repository = new();
        repository.Put("m", 1, adds: 1);
        repository.Configure("m");
        await repository.StartAsync();
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(1f);

        // By polling.
        repository.Put("m", 2, adds: 2);
        await repository.UntilAsync("m", "1 END, 2 AVAILABLE");
        await Assert.That(await repository.AddsAsync("m")).IsEqualTo(2f);

        // On request, of a file with the line ends of Windows.
        repository.Put("n", 1, adds: 3);
        repository.ConfigureRaw($$$"""
            {"model_config_list": [
              {"config": {"name": "m", "base_path": "{{{repository["m"]}}}"}},
              {"config": {"name": "n", "base_path": "{{{repository["n"]}}}"}}
            ]}
            """.ReplaceLineEndings("\r\n"));
        await Assert.That((await repository.ReloadAsync()).Code).IsEqualTo(HttpStatusCode.Created);
        await Assert.That(await repository.AddsAsync("n")).IsEqualTo(3f);

        // A file that cannot be read leaves what is served.
        repository.ConfigureRaw("{\r\n");
        await Assert.That((await repository.ReloadAsync()).Code).IsNotEqualTo(HttpStatusCode.Created);
        await Assert.That(await repository.AddsAsync("n")).IsEqualTo(3f);
        await Assert.That(await repository.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task CtrlC_LetsTheCallInFlightFinish()
    {
        await using HeldCall held = await HeldCall.StartAsync(2000);
        Task<int> stopped = held.Server.Process.StopAsync();
        ModelInferResponse answer = await held.Answer;
        await Assert.That(answer.Values<float>("a")[9]).IsEqualTo(11f);
        await Assert.That(await stopped).IsEqualTo(0);
        await Assert.That(held.Server.Process.Output).Contains("Stopped");
    }

    [Test]
    [Arguments("AUTO")]
    [Arguments("AUTO:GPU,CPU")]
    [Arguments("HETERO:CPU")]
    [Arguments("MULTI:CPU")]
    [Arguments("BATCH:CPU(4)")]
    public async Task DeviceModes_ServeOnTheCpu(string device)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--target_device", device);
        await server.CheckDummyAsync("dummy", calls: 4);
        await Assert.That(server.Process.Output).Contains("devices executing: CPU");
    }

    [Test]
    public async Task AbsentGpu_IsExplainedInTheTermsOfWindows()
    {
        await using OvmsServer server = OvmsServer.Launch(Repo.Model("dummy"), "dummy", null, "--target_device", "GPU");
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(1);
        await Assert.That(server.Process.Output).Contains(".dll").And.DoesNotContain("/dev/").And.DoesNotContain("container");
    }

    [Test]
    [Arguments("half_plus_two")]
    [Arguments("half_plus_two_frozen")]
    [Arguments("paddle_linear")]
    [Arguments("mobilenet_v2")]
    [Arguments("squeezenet")]
    public async Task EveryFormat_Loads(string model)
    {
        string path = Repo.SharedOrSkip("models", model);
        await using OvmsServer server = await OvmsServer.StartAsync(path, model);
        await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = model })).Ready).IsTrue();
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    [Arguments(3, "--prot 9000")]
    [Arguments(3, "--model_name m --model_path p --port 9000 --grpc_workers 2")]
    [Arguments(3, "service restart")]
    [Arguments(3, "health --foo")]
    [Arguments(1, "health")]
    [Arguments(1, "check --config_path no_such.json")]
    [Arguments(0, "--version")]
    [Arguments(0, "--help")]
    public async Task ExitCodes_AreThoseOfWindows(int expected, string arguments)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(arguments.Split(' '));
        await Assert.That(code).IsEqualTo(expected).Because(output + errors);
    }
}
