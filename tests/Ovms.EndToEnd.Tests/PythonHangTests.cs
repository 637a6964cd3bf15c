using System.Diagnostics;
using System.Net;
using System.Text;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Handlers of Python nodes that do not return, that fork, and that leave processes behind.</summary>
public sealed class PythonHangTests
{
    private const string Obey = """
        import signal, subprocess
        if x == b'pid': return [Tensor('out', str(os.getpid()).encode())]
        if x == b'sleep':
            while True: time.sleep(60)
        if x == b'spin':
            while True: pass
        if x == b'stop': os.kill(os.getpid(), signal.SIGSTOP)
        if x == b'fork': os.fork()
        if x == b'start': return [Tensor('out', str(subprocess.Popen(['sleep', '1000']).pid).encode())]
        if x == b'exit': os._exit(7)
        if x == b'dimensions': return [Tensor('out', x, [1] * 65, 'MINE')]
        if x == b'datatype': return [Tensor('out', x, [1], 'D' * 2000000)]
        if x == b'dimension': return [Tensor('out', x, [1 << 64], 'MINE')]
        if x == b'count':
            class Other(list):
                def __len__(self): return 7
            return Other([Tensor('out', x)])
        if x == b'streams':
            sys.stdout = sys.stderr = None
            raise ValueError('unprinted')
        return [Tensor('out', x)]
        """;

    [Test]
    [Arguments("sleep")]
    [Arguments("spin")]
    [Arguments("stop")]
    public async Task HangWithoutADeadline_EndsItsCallAtTheLimit_AndTheProcessIsReplaced(string sent)
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await StartAsync(folder, "--python_node_timeout_seconds", "1", "--metrics_enable");
        string pid = await CallAsync(server, "pid");
        RpcException late = await Fault.OfAsync(() => CallAsync(server, sent));
        await Assert.That(late.StatusCode).IsEqualTo(StatusCode.DeadlineExceeded);
        await Assert.That(late.Status.Detail).Contains("node \"worker\"").And.Contains("did not return within 1 s (python_node_timeout_seconds)");
        await AwaitRestartAsync(server);
        await Assert.That(await CallAsync(server, "pid")).IsNotEqualTo(pid);
        await EndsAsync(pid);
        string metrics = await server.Http.GetStringAsync("/metrics");
        await Assert.That(metrics).Contains("ovms_python_node_restarts_total{name=\"g\",node=\"worker\"} 1\n");
    }

    [Test]
    public async Task HangOverRest_Is504_AndCallsBehindItAreToldWhy()
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await StartAsync(folder, "--python_node_timeout_seconds", "2");
        Task<HttpResponseMessage> hanging = PostAsync(server, "sleep");
        await Task.Delay(200);
        Task<HttpResponseMessage> behind = PostAsync(server, "hello");
        using HttpResponseMessage late = await hanging;
        await Assert.That(late.StatusCode).IsEqualTo(HttpStatusCode.GatewayTimeout);
        await Assert.That(await late.Content.ReadAsStringAsync()).Contains("python_node_timeout_seconds");
        using HttpResponseMessage lost = await behind;
        await Assert.That(lost.StatusCode).IsEqualTo(HttpStatusCode.ServiceUnavailable);
        await Assert.That(await lost.Content.ReadAsStringAsync()).Contains("did not return within 2 s");
    }

    [Test]
    public async Task GeneratorThatGoesOnGivingItems_IsNoHang()
    {
        using ConfigFolder folder = PythonGraph.Folder("for _ in range(6):\n    time.sleep(0.4)\n    yield [Tensor('out', x)]", PythonGraph.Loop);
        await using OvmsServer server = await StartAsync(folder, "--python_node_timeout_seconds", "1");
        long begun = Stopwatch.GetTimestamp();
        await Assert.That(await CallAsync(server, "all")).IsEqualTo("all");
        await Assert.That(Stopwatch.GetElapsedTime(begun)).IsGreaterThan(TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task ForkOfTheHandler_AnswersNobody()
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await StartAsync(folder);
        string pid = await CallAsync(server, "pid");
        await Assert.That(await CallAsync(server, "fork")).IsEqualTo("fork");
        for (int i = 0; i < 20; i++)
        {
            await Assert.That(await CallAsync(server, $"{i}")).IsEqualTo($"{i}");
        }

        await Assert.That(await CallAsync(server, "pid")).IsEqualTo(pid);
    }

    [Test]
    [Arguments("exit")]
    [Arguments("kill of the server")]
    public async Task ProcessesThatTheHandlerStarted_EndWithTheNode(string end)
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await StartAsync(folder);
        string started = await CallAsync(server, "start");
        await Assert.That(Runs(started)).IsTrue();
        if (end == "exit")
        {
            await Fault.OfAsync(() => CallAsync(server, end));
        }
        else
        {
            Skip.When(!File.Exists(Path.Combine(PythonGraph.Modules, "pyovms.abi3.so")), "this needs pyovms in C, which this package does not have");
            using Process process = Process.GetProcessById(server.Process.Id);
            process.Kill();
        }

        await EndsAsync(started);
    }

    [Test]
    [Arguments("dimensions", "a tensor of execute has 65 dimensions; at most 64 are taken")]
    [Arguments("dimension", "dimensions have at most 63 bits")]
    [Arguments("datatype", "with a datatype of 2000000 characters; at most 1000 are taken")]
    [Arguments("streams", "ValueError: unprinted")]
    public async Task WhatNoAnswerHolds_IsTheCallsError_AndTheProcessLives(string sent, string told)
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await StartAsync(folder);
        string pid = await CallAsync(server, "pid");
        RpcException fault = await Fault.OfAsync(() => CallAsync(server, sent));
        await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
        await Assert.That(fault.Status.Detail).Contains(told);
        await Assert.That(await CallAsync(server, "count")).IsEqualTo("count");
        await Assert.That(await CallAsync(server, "pid")).IsEqualTo(pid);
    }

    private static Task<OvmsServer> StartAsync(ConfigFolder folder, params string[] more) => folder.StartAsync("Ready after", allowed: true, more);

    private static Task AwaitRestartAsync(OvmsServer server) =>
        server.Process.WaitForLineAsync(static line => line.Contains("the Python process runs again", StringComparison.Ordinal));

    private static async Task<string> CallAsync(OvmsServer server, string sent)
    {
        ModelInferResponse answer = await server.Client.ModelInferAsync(Requests.For("g").WithBytes("in", "BYTES", [1], Encoding.UTF8.GetBytes(sent)));
        return Encoding.UTF8.GetString(answer.Bytes("out"));
    }

    private static Task<HttpResponseMessage> PostAsync(OvmsServer server, string sent) => server.Http.PostAsync(
        "/v2/models/g/infer",
        new StringContent($$"""{"inputs": [{"name": "in", "shape": [{{sent.Length}}], "datatype": "UINT8", "data": [{{string.Join(',', Encoding.UTF8.GetBytes(sent))}}]}]}"""));

    // One that has ended and that nobody has collected yet does not run.
    private static bool Runs(string pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static async Task EndsAsync(string pid)
    {
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        while (Runs(pid))
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Delay(20);
        }
    }
}
