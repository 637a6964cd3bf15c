using Grpc.Net.Client;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary><c>ovms service</c>: the service control manager installs, starts, stops and removes the server.</summary>
[NotInParallel(Wine.Alone)]
public sealed class WindowsServiceTests
{
    private static OvmsServer? s_session;

    // Wine ends its service control manager, and all services, with the last other process.
    [Before(Class)]
    public static async Task StartSession() => s_session = Wine.IsTested ? await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy") : null;

    [After(Class)]
    public static async Task EndSession()
    {
        if (s_session is not null)
        {
            await s_session.DisposeAsync();
        }
    }

    [Before(Test)]
    public void RequireWindows() => Wine.Require();

    [Test]
    public async Task Service_ServesFromStartToStop()
    {
        using TemporaryFolder folder = new();
        const string Name = "ovms-e2e";
        int port = FreePort.Next();
        string log = folder["service log.txt"];
        try
        {
            // The model's path is relative to the service's folder, and both names have a space.
            Copy("dummy", folder["my models/dummy"]);
            await DoneAsync(
                $"Service {Name} is installed.",
                [
                    "install", "--service_name", Name, "--service_directory", folder.Path, "--", "--model_name", "dummy",
                    "--model_path", "my models/dummy", "--port", $"{port}", "--grpc_bind_address", "127.0.0.1", "--log_path", "service log.txt",
                ]);
            await RefusedAsync("is installed already", "install", "--service_name", Name, "--", "--model_name", "m", "--model_path", "p", "--port", "9");
            await DoneAsync($"Service {Name} does not run.", ["stop", "--service_name", Name]);
            await DoneAsync($"Service {Name} runs.", ["start", "--service_name", Name]);
            await DoneAsync($"Service {Name} runs already.", ["start", "--service_name", Name]);
            using GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
            GRPCInferenceService.GRPCInferenceServiceClient client = new(channel);
            await UntilReadyAsync(client);
            await client.CheckDummyAsync("dummy");

            await DoneAsync($"Service {Name} has stopped.", ["stop", "--service_name", Name]);
            await Assert.That(await File.ReadAllTextAsync(log)).Contains("Ready after").And.Contains("Stopped");
            await DoneAsync($"Service {Name} runs.", ["start", "--service_name", Name]);

            // A service that runs is stopped first.
            await DoneAsync($"Service {Name} is uninstalled.", ["uninstall", "--service_name", Name]);
            await RefusedAsync("is not installed", "start", "--service_name", Name);
        }
        finally
        {
            await OvmsProcess.RunAsync(["service", "uninstall", "--service_name", Name]);
        }
    }

    // Stopping waits for the call that a batch holds.
    [Test]
    public async Task Stop_Drains()
    {
        using TemporaryFolder folder = new();
        const string Name = "ovms-e2e-drain";
        int port = FreePort.Next();
        try
        {
            await DoneAsync(
                $"Service {Name} is installed.",
                [
                    "install", "--service_name", Name, "--", "--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--port", $"{port}",
                    "--grpc_bind_address", "127.0.0.1", "--log_path", folder["log"],
                    "--target_device", "BATCH:CPU(16)", "--plugin_config", """{"AUTO_BATCH_TIMEOUT": 4000}""",
                ]);
            await DoneAsync($"Service {Name} runs.", ["start", "--service_name", Name]);
            using GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
            GRPCInferenceService.GRPCInferenceServiceClient client = new(channel);
            await UntilReadyAsync(client);
            Task<ModelInferResponse> held = client.ModelInferAsync(HeldCall.Request).ResponseAsync;
            Task stopping = DoneAsync($"Service {Name} has stopped.", ["stop", "--service_name", Name]);
            await Assert.That((await held).Values<float>("a")[0]).IsEqualTo(2f);
            await stopping;
        }
        finally
        {
            await OvmsProcess.RunAsync(["service", "uninstall", "--service_name", Name]);
        }
    }

    // Without --log_path it logs where services keep their data.
    [Test]
    public async Task ServiceThatCannotStart_IsSaidWithItsExitCode()
    {
        using TemporaryFolder folder = new();
        const string Name = "ovms-e2e-fault";
        string log = Path.Combine(Wine.ProgramData, "ovms", $"{Name}.log");
        if (File.Exists(log))
        {
            File.Delete(log);
        }

        try
        {
            await DoneAsync(
                $"Service {Name} is installed.", ["install", "--service_name", Name, "--", "--config_path", folder["no.json"], "--port", "9"]);
            await RefusedAsync("ended while it started, exit code 1. Its log says why", "start", "--service_name", Name);
            await Assert.That(await File.ReadAllTextAsync(log)).Contains("no.json");
        }
        finally
        {
            await OvmsProcess.RunAsync(["service", "uninstall", "--service_name", Name]);
        }
    }

    // Nothing is installed where a mistake would only show in a log later.
    [Test]
    public async Task MistakesInTheServersOptions_InstallNothing()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync(
            ["service", "install", "--service_name", "ovms-e2e-no", "--", "--model_name", "m", "--port", "9"]);
        await Assert.That(code).IsEqualTo(3);
        await Assert.That(errors).Contains("model_path");
        await RefusedAsync("is not installed", "start", "--service_name", "ovms-e2e-no");
    }

    [Test]
    public async Task RunOutsideTheManager_SaysWhatToDo()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync(["service", "run", "--", "--config_path", "c.json", "--port", "9000"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(errors).Contains("leave out everything up to --");
    }

    private static void Copy(string model, string target)
    {
        foreach (string file in Directory.EnumerateFiles(Repo.Model(model), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(Repo.Model(model), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // The service runs when its ports are open; its model may take longer.
    private static async Task UntilReadyAsync(GRPCInferenceService.GRPCInferenceServiceClient client)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!(await client.ServerReadyAsync(new ServerReadyRequest(), cancellationToken: patience.Token)).Ready)
        {
            await Task.Delay(20, patience.Token);
        }
    }

    private static async Task DoneAsync(string expected, string[] arguments)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["service", .. arguments]);
        await Assert.That(code).IsEqualTo(0).Because(output + errors);
        await Assert.That(output).StartsWith(expected);
    }

    private static async Task RefusedAsync(string expected, params string[] arguments)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["service", .. arguments]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(errors).Contains(expected);
    }
}
