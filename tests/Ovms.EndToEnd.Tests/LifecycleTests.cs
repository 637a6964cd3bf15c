using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>How the process starts, refuses to start, and stops.</summary>
public sealed class LifecycleTests
{
    [Test]
    [Arguments(PosixSignal.SIGTERM)]
    [Arguments(PosixSignal.SIGINT)]
    public async Task StopSignal_EndsWithZero(PosixSignal signal)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        server.Process.Signal(signal);
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).Contains("Stopped");
    }

    [Test]
    public async Task StopSignal_LetsCallsInFlightFinishAndRefusesLaterOnes()
    {
        await using HeldCall held = await HeldCall.StartAsync(milliseconds: 3000);
        OvmsServer server = held.Server;
        server.Process.Signal(PosixSignal.SIGTERM);
        await server.Process.WaitForLineAsync(static line => line.Contains("Stopping", StringComparison.Ordinal));

        RpcException late = await Fault.OfAsync(async () => await server.Client.ModelInferAsync(HeldCall.Request));
        await Assert.That(late.StatusCode).IsEqualTo(StatusCode.Unavailable);
        using HttpResponseMessage lateOverRest = await server.Http.PostAsync("/v2/models/dummy/infer", new StringContent("{}"));
        await Assert.That(lateOverRest.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        using HttpResponseMessage ready = await server.Http.GetAsync("/v2/health/ready");
        await Assert.That(ready.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);

        await Assert.That((await held.Answer).Values<float>("a")[9]).IsEqualTo(11f);
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task CallThatDoesNotFinish_IsCutOffAtTheLimit()
    {
        await using HeldCall held = await HeldCall.StartAsync(milliseconds: 60_000, "--drain_timeout_seconds", "1");
        OvmsServer server = held.Server;
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).Contains("cut off");
        await Fault.OfAsync(async () => await held.Answer);
    }

    [Test]
    [Arguments("--port")]
    [Arguments("--rest_port")]
    public async Task BusyPort_EndsWithOneAndNamesIt(string option)
    {
        using TcpListener occupant = new(IPAddress.Loopback, 0);
        occupant.Start();
        int port = ((IPEndPoint)occupant.LocalEndpoint).Port;
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("dummy"), "--model_name", "dummy", option, $"{port}", "--grpc_bind_address", "127.0.0.1", "--rest_bind_address", "127.0.0.1"]);
        await Assert.That(code).IsEqualTo(1);
        await Assert.That(output + errors).Contains($"{port}");
        await Assert.That(output + errors).Contains(option == "--port" ? "Failed to start gRPC server" : "Failed to start REST server");
        await Assert.That(output + errors).DoesNotContain("   at ");

        // What cannot listen loads nothing.
        await Assert.That(output).DoesNotContain("LOADING");
    }

    [Test]
    public async Task ModelThatCannotBeServed_EndsWithOneAndTheReason()
    {
        string folder = Directory.CreateTempSubdirectory("ovms-models-").FullName;
        try
        {
            string Make(string name, Action<string> fill)
            {
                string model = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
                fill(model);
                return model;
            }

            string dummy = Path.Combine(Repo.Model("dummy"), "1");
            void Copy(string model, Func<string, string> change)
            {
                string version = Directory.CreateDirectory(Path.Combine(model, "1")).FullName;
                File.WriteAllText(Path.Combine(version, "dummy.xml"), change(File.ReadAllText(Path.Combine(dummy, "dummy.xml"))));
                File.Copy(Path.Combine(dummy, "dummy.bin"), Path.Combine(version, "dummy.bin"));
            }

            (string Path, string Part)[] faults =
            [
                (Path.Combine(folder, "absent"), "absent"),
                (Make("graph", static model => File.WriteAllText(Path.Combine(model, "graph.pbtxt"), "")), "expected a graph with nodes"),
                (Make("unknown", static model => File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(model, "1")).FullName, "weights.h5"), "?")), ".onnx"),
                (Make("truncated", model => Copy(model, static xml => xml[..(xml.Length / 2)])), "dummy.xml"),
                (Make("newer", model => Copy(model, static xml => xml.Replace("version=\"11\"", "version=\"99\"", StringComparison.Ordinal))), "99"),
                (Make("onnx", static model => File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(model, "1")).FullName, "model.onnx"), [1, 2, 3])), "model.onnx"),
            ];
            foreach ((string path, string part) in faults)
            {
                foreach (string level in new[] { "INFO", "ERROR" })
                {
                    (int code, string output, string errors) = await OvmsProcess.RunAsync(
                        ["--model_path", path, "--model_name", "m", "--rest_port", $"{FreePort.Next()}", "--rest_bind_address", "127.0.0.1", "--log_level", level]);
                    await Assert.That(code).IsEqualTo(1).Because(path + output + errors);
                    await Assert.That(output.Split('\n')[^1]).Contains("[error]").And.Contains("The server ends, since its only model cannot be served").And.Contains(part);
                    await Assert.That(output.Split('\n').Count(static line => line.Contains("[error]", StringComparison.Ordinal))).IsEqualTo(1).Because(output);
                    await Assert.That(output + errors).DoesNotContain("   at ");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task MovedPackage_FindsItsLibraries()
    {
        string folder = Directory.CreateTempSubdirectory("ovms-moved-").FullName;
        try
        {
            // Links would show the old place: real copies.
            foreach (string file in Directory.EnumerateFiles(Repo.Package, "*", SearchOption.AllDirectories))
            {
                string target = Path.Combine(folder, Path.GetRelativePath(Repo.Package, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            await using OvmsProcess moved = OvmsProcess.Start(["--version"], new Dictionary<string, string?> { ["PATH"] = "", ["LD_LIBRARY_PATH"] = null }, Path.Combine(folder, "bin", "ovms"));
            await Assert.That(await moved.WaitForExitAsync()).IsEqualTo(0);
            await Assert.That(moved.Output).Contains("OpenVINO backend 2026.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
