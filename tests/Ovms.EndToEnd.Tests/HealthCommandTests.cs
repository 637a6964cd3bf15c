using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Tests.Setup;

namespace Ovms.EndToEnd.Tests;

/// <summary><c>ovms health</c>, as a container engine runs it: its exit code and its one sentence.</summary>
public sealed class HealthCommandTests
{
    private const string Unshare = "/usr/bin/unshare";
    private const string Nsenter = "/usr/bin/nsenter";

    [Test]
    public async Task ReadyServer_IsToldOnEveryAddress()
    {
        string folder = Directory.CreateTempSubdirectory("ovms-h-").FullName;
        try
        {
            (string grpc, string rest) = (Path.Combine(folder, "g"), Path.Combine(folder, "r"));
            await using OvmsServer server = await OvmsServer.StartAsync(
                Repo.Model("dummy"), "dummy", "--grpc_uds", grpc, "--rest_uds", rest);
            (string Option, string Value, string Told)[] addresses =
            [
                ("--port", $"{server.GrpcPort}", $"127.0.0.1:{server.GrpcPort}"),
                ("--rest_port", $"{server.RestPort}", $"127.0.0.1:{server.RestPort}"),
                ("--grpc_uds", grpc, $"unix:{grpc}"),
                ("--rest_uds", rest, $"unix:{rest}"),
            ];
            foreach ((string option, string value, string told) in addresses)
            {
                // A proxy that is meant for calls to other machines is not asked.
                (int code, string output, string errors) = await OvmsProcess.RunAsync(
                    ["health", option, value],
                    new Dictionary<string, string?> { ["http_proxy"] = "http://127.0.0.1:1", ["no_proxy"] = null });
                await Assert.That(code).IsEqualTo(0).Because(errors);
                await Assert.That(output).IsEqualTo($"The server at {told} is ready.");
                await Assert.That(errors).IsEqualTo("");
            }

            // Each front at the other's address answers, but says nothing of health.
            await RefusedAsync(["--port", $"{server.RestPort}"], "does not answer as the gRPC port of ovms does");
            await RefusedAsync(
                ["--rest_port", $"{server.GrpcPort}"], "with 400, where 200 or 503 was expected: is that the REST port of ovms?");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task ServerWithoutItsModel_IsNotReady()
    {
        using TemporaryFolder empty = new();
        await using OvmsServer server = await OvmsServer.StartOnAsync(
            "Started REST server", null, "--model_name", "late", "--model_path", empty.Path);
        await RefusedAsync(["--rest_port", $"{server.RestPort}"], $"The server at 127.0.0.1:{server.RestPort} is not ready.");
        await RefusedAsync(["--port", $"{server.GrpcPort}"], $"The server at 127.0.0.1:{server.GrpcPort} is not ready.");
    }

    [Test]
    public async Task WhereNobodyListens_OneSentenceSaysSo()
    {
        int port = FreePort.Next();
        await RefusedAsync(["--port", $"{port}"], $"No server listens at 127.0.0.1:{port}.");
        await RefusedAsync(["--rest_port", $"{port}"], $"No server listens at 127.0.0.1:{port}.");
        await RefusedAsync(["--grpc_uds", "/tmp/ovms-nobody"], "No server listens at unix:/tmp/ovms-nobody: there is no such file.");
        await RefusedAsync(["--rest_uds", Path.GetTempPath()], "at unix:");
    }

    [Test]
    [Arguments("--port", "")]
    [Arguments("--rest_port", "")]
    [Arguments("--rest_port", "HTTP/1.1 200 OK\r\nContent-Len")]
    public async Task ServerThatNeverAnswers_CostsTheTimeout(string option, string begun)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<(int, string, string)> asking = OvmsProcess.RunAsync(["health", option, $"{Port(listener)}", "--timeout_seconds", "1"]);
        using Socket accepted = await listener.AcceptSocketAsync().WaitAsync(OvmsProcess.Patience);
        await accepted.SendAsync(System.Text.Encoding.ASCII.GetBytes(begun));
        (int code, _, string errors) = await asking;
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(errors.TrimEnd())
            .IsEqualTo($"The server at 127.0.0.1:{Port(listener)} did not answer within 1 s (--timeout_seconds).");
    }

    [Test]
    [Arguments("--port")]
    [Arguments("--rest_port")]
    public async Task ServerThatClosesTheConnection_IsSaid(string option)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<(int, string, string)> asking = OvmsProcess.RunAsync(["health", option, $"{Port(listener)}"]);
        (await listener.AcceptSocketAsync().WaitAsync(OvmsProcess.Patience)).Dispose();
        (int code, _, string errors) = await asking;
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(errors.TrimEnd().Split('\n').Single()).Contains($"{Port(listener)}");
    }

    [Test]
    [Arguments("--port 1 --rest_port 2", "asks at one address")]
    [Arguments("--prot 1", "unmatched arguments: --prot")]
    [Arguments("--port 1 --model_name m", "unmatched arguments: --model_name")]
    public async Task WrongCommandLine_EndsWith64(string arguments, string expected)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["health", .. arguments.Split(' ')]);
        await Assert.That(code).IsEqualTo(64);
        await Assert.That(output).IsEqualTo("");
        await Assert.That(errors).Contains(expected);
    }

    [Test]
    public async Task NoAddressWhereProcessOneIsNoServer_EndsWith1()
    {
        Skip.Unless(
            !OperatingSystem.IsLinux() || !File.ReadAllText("/proc/1/cmdline").Split('\0')[0].EndsWith("ovms", StringComparison.Ordinal),
            "Process 1 is a server here.");
        await RefusedAsync([], "Give --port, --rest_port, --grpc_uds or --rest_uds.");
    }

    // It is run every few seconds: the engine, whose loading takes most of a start, stays where it is.
    [Test]
    public async Task Engine_IsNotLoaded()
    {
        (int code, _, string errors) = await OvmsProcess.RunAsync(
            ["health", "--port", $"{FreePort.Next()}"], new Dictionary<string, string?> { ["OVMS_OPENVINO_DIR"] = "/nowhere/at/all" });
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(errors).StartsWith("No server listens at ");
    }

    // As in a container: the server is the first process of its namespace, and who asks stands in that namespace too.
    [Test]
    public async Task ProcessOne_IsAskedWhereItListens()
    {
        Skip.Unless(
            File.Exists(Unshare) && File.Exists(Nsenter) && Environment.UserName == "root",
            "A namespace of processes takes root, unshare and nsenter.");
        int port = FreePort.Next();
        await using OvmsProcess holder = OvmsProcess.Start(
            [
                "--pid", "--fork", "--kill-child", "--mount-proc", Repo.Binary,
                "--model_name", "dummy", "--model_path", Repo.Model("dummy"), "--rest_bind_address", "127.0.0.2", "--rest_port", $"{port}",
            ],
            binary: Unshare);
        await holder.WaitForLineAsync(static line => line.Contains("Ready after", StringComparison.Ordinal));
        int server = int.Parse((await File.ReadAllTextAsync($"/proc/{holder.Id}/task/{holder.Id}/children")).Trim());
        string[] inside = ["--target", $"{server}", "--pid", "--mount", Repo.Binary, "health"];
        (int code, string output, string errors) = await OvmsProcess.RunAsync(inside, binary: Nsenter);
        await Assert.That(code).IsEqualTo(0).Because(errors);
        await Assert.That(output).IsEqualTo($"The server at 127.0.0.2:{port} is ready.");
        OvmsProcess.TrySignal(server, PosixSignal.SIGTERM);
        await Assert.That(await holder.WaitForExitAsync()).IsEqualTo(0);
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    // Exit code 1, nothing on the standard output, one line on the standard error.
    private static async Task RefusedAsync(string[] address, string expected)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["health", .. address]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(output).IsEqualTo("");
        await Assert.That(errors.TrimEnd().Split('\n').Single()).Contains(expected);
    }
}
