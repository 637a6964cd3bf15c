using System.Runtime.InteropServices;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Outputs that take nothing: no log is worth a call, let alone the server.</summary>
public sealed class LogFaultTests
{
    [Test]
    public async Task LogFileOnAFullDisk_IsToldOnceAndTheServerGoesOn()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy", "--log_path", "/dev/full");
        await ExpectAnswerAsync(server);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0).Because(server.Process.Errors);
        string told = await Assert.That(server.Process.Output.Split('\n').Where(static line => line.Contains("[warning][log]", StringComparison.Ordinal))).HasSingleItem();
        await Assert.That(told).Contains("/dev/full cannot be written: No space left on device");
        await Assert.That(server.Process.Output).Contains("Stopped");
    }

    [Test]
    [Arguments("/proc/ovms.log")]
    [Arguments("/tmp")]
    public async Task LogFileThatCannotBe_EndsWithOneAndASentence(string path)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--rest_port", $"{FreePort.Next()}", "--log_path", path]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(errors).StartsWith($"The log file {path} cannot be opened: ").And.Contains("--log_path").And.DoesNotContain("..");
    }

    [Test]
    public async Task LogPipeWithoutAReader_EndsWithOneAndASentence()
    {
        using ConfigFolder folder = new("{}");
        string path = Path.Combine(folder.Path, "log");
        PipeModel.MakePipe(path);
        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            ["--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--rest_port", $"{FreePort.Next()}", "--log_path", path]);
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(errors).Contains($"The log file cannot be opened: {path} is a named pipe; ");
    }

    [Test]
    [Arguments("1>&-")]
    [Arguments("2>&-")]
    [Arguments("0<&- 1>&- 2>&-")]
    [Arguments("1>/dev/full 2>/dev/full")]
    public async Task StandardStreamsThatAreClosedOrFull_DoNotMatter(string redirection)
    {
        int port = FreePort.Next();
        await using OvmsProcess process = OvmsProcess.Start(
            ["-c", $"exec \"$0\" \"$@\" {redirection}", Repo.Binary, "--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--rest_port", $"{port}", "--rest_bind_address", "127.0.0.1"],
            binary: "/bin/sh");
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await ReadyAsync(http);
        using HttpResponseMessage answer = await http.PostAsync(
            "/v2/models/dummy/infer", new StringContent("""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}"""));
        await Assert.That(answer.IsSuccessStatusCode).IsTrue();

        // Everything that may be written at the end is written too.
        await Assert.That(await process.StopAsync()).IsEqualTo(0);
    }

    [Test]
    public async Task ReaderOfTheLogThatLeaves_DoesNotMatter()
    {
        int port = FreePort.Next();
        await using OvmsProcess process = OvmsProcess.Start(
            ["-c", "{ \"$0\" \"$@\"; echo ended with $? >&2; } | true", Repo.Binary, "--model_path", Repo.Model("dummy"), "--model_name", "dummy", "--rest_port", $"{port}", "--rest_bind_address", "127.0.0.1"],
            binary: "/bin/sh");
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await ReadyAsync(http);

        // The shell waits for the server, which is its grandchild: the one that listens.
        int server = int.Parse(Directory.EnumerateDirectories("/proc").Select(static folder => Path.GetFileName(folder)).First(id => char.IsAsciiDigit(id[0]) && IsServer(id, port)), System.Globalization.CultureInfo.InvariantCulture);
        OvmsProcess.TrySignal(server, PosixSignal.SIGTERM);
        await process.WaitForExitAsync();
        await Assert.That(process.Errors).Contains("ended with 0");
    }

    [Test]
    [Arguments("--help")]
    [Arguments("--version")]
    public async Task AnswerThatCannotBePrinted_EndsWithOne(string command)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["-c", "\"$0\" \"$@\" >/dev/full", Repo.Binary, command], binary: "/bin/sh");
        await Assert.That(code).IsEqualTo(1).Because(output + errors);
        await Assert.That(errors).DoesNotContain("   at ");
    }

    private static bool IsServer(string id, int port)
    {
        try
        {
            string[] words = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
            return words[0] == Repo.Binary && words.Contains($"{port}");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task ReadyAsync(HttpClient http)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        while (true)
        {
            try
            {
                using HttpResponseMessage ready = await http.GetAsync("/v2/health/ready", limit.Token);
                if (ready.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet, and there is no output to wait for.
            }

            await Task.Delay(10, limit.Token);
        }
    }

    private static async Task ExpectAnswerAsync(OvmsServer server)
    {
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("dummy").WithRaw("b", "FP32", [1, 10], new float[10]));
        await Assert.That(answer.Values<float>("a")[0]).IsEqualTo(1f);
    }
}
