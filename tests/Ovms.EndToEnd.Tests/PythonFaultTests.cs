using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Grpc.Core;
using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Python nodes that fail, crash, hang, are edited, and end with their server.</summary>
public sealed class PythonFaultTests
{
    private const string Obey = """
        import ctypes, signal
        if x == b'pid': return [Tensor('out', str(os.getpid()).encode())]
        if x == b'raise': raise ValueError('no such thing')
        if x == b'exit': print('going', file=sys.stderr); os._exit(7)
        if x == b'segv': os.kill(os.getpid(), signal.SIGSEGV)
        if x == b'hang':
            while True: time.sleep(60)
        if x == b'none': return None
        if x == b'dict': return {'out': 1}
        if x == b'item': return [1]
        if x == b'name': return [Tensor('other', x)]
        if x == b'size': return [Tensor('out', x, (1000,), 'FP32')]
        if x == b'yield': return (Tensor('out', x) for _ in range(1))
        if x == b'leave': raise SystemExit(3)
        return [Tensor('out', x)]
        """;

    [Test]
    public async Task FaultsOfTheHandler_AreTheCallsErrors_AndTheProcessLives()
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        string pid = await CallAsync(server, "pid");
        (string Sent, string Told)[] faults =
        [
            ("raise", "node \"worker\" (PythonExecutorCalculator): ValueError: no such thing (line 10 of model.py)"),
            ("none", "execute returned NoneType; expected a list of pyovms.Tensor"),
            ("dict", "execute returned dict"),
            ("item", "has an item of type int; expected pyovms.Tensor"),
            ("name", "execute gave a tensor named other; the outputs of the node are: out"),
            ("size", "4 bytes, but FP32 with the shape [1000] has 4000"),
            ("yield", "execute yielded Tensor; expected a list of pyovms.Tensor"),
            ("leave", "SystemExit: 3"),
        ];
        foreach ((string sent, string told) in faults)
        {
            RpcException fault = await Fault.OfAsync(() => CallAsync(server, sent));
            await Assert.That(fault.StatusCode).IsEqualTo(StatusCode.InvalidArgument);
            await Assert.That(fault.Status.Detail).Contains(told);
        }

        await Assert.That(await CallAsync(server, "pid")).IsEqualTo(pid);
    }

    [Test]
    [Arguments("exit", "ended with exit code 7; its last words: going")]
    [Arguments("segv", "ended with signal 11 (SIGSEGV)")]
    public async Task Crash_EndsItsCallWithTheCause_AndTheProcessIsStartedAgain(string sent, string told)
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        string pid = await CallAsync(server, "pid");
        RpcException crash = await Fault.OfAsync(() => CallAsync(server, sent));
        await Assert.That(crash.StatusCode).IsEqualTo(StatusCode.Unavailable);
        await Assert.That(crash.Status.Detail).Contains("node \"worker\" (PythonExecutorCalculator)").And.Contains(told);
        await server.Process.WaitForLineAsync(static line => line.Contains("it is started again in 0.1 s", StringComparison.Ordinal));
        await server.Process.WaitForLineAsync(static line => line.Contains("the Python process runs again", StringComparison.Ordinal));
        await Assert.That(await CallAsync(server, "pid")).IsNotEqualTo(pid);
    }

    [Test]
    public async Task Hang_EndsItsCallAtTheDeadline_AndTheProcessIsReplaced()
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        string pid = await CallAsync(server, "pid");
        RpcException late = await Fault.OfAsync(() => CallAsync(server, "hang", TimeSpan.FromSeconds(1)));
        await Assert.That(late.StatusCode).IsEqualTo(StatusCode.DeadlineExceeded);
        await server.Process.WaitForLineAsync(static line => line.Contains("the handler did not return within 5 s", StringComparison.Ordinal));
        await server.Process.WaitForLineAsync(static line => line.Contains("the Python process runs again", StringComparison.Ordinal));
        await Assert.That(await CallAsync(server, "pid")).IsNotEqualTo(pid);
        await Assert.That(Runs(pid)).IsFalse();
    }

    // A pool ends its workers so.
    [Test]
    public async Task ForkedProcess_EndsOnSigterm()
    {
        using ConfigFolder folder = PythonGraph.Folder(
            "import signal\nr, w = os.pipe()\npid = os.fork()\nif pid == 0:\n    os.write(w, b'1')\n    time.sleep(600)\n    os._exit(0)\n"
            + "os.read(r, 1)\nos.kill(pid, signal.SIGTERM)\nreturn [Tensor('out', b'%d' % os.WTERMSIG(os.waitpid(pid, 0)[1]))]");
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        await Assert.That(await CallAsync(server, "x")).IsEqualTo("15");
    }

    [Test]
    public async Task ProcessThatStaysDown_RefusesCallsWithTheReason()
    {
        using ConfigFolder folder = PythonGraph.Folder("os._exit(9)");
        folder.Write("g/model.py", PythonGraph.Handler("os._exit(9)") + "    def initialize(self, kwargs):\n        if os.path.exists(kwargs['base_path'] + '/broken'): raise RuntimeError('broken now')\n        open(kwargs['base_path'] + '/broken', 'w').close()\n");
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        await Fault.OfAsync(() => CallAsync(server, "x"));
        await server.Process.WaitForLineAsync(static line => line.Contains("RuntimeError: broken now", StringComparison.Ordinal) && line.Contains("is started again in 0.2 s", StringComparison.Ordinal));
        RpcException down = await Fault.OfAsync(() => CallAsync(server, "x"));
        await Assert.That(down.StatusCode).IsEqualTo(StatusCode.Unavailable);
        await Assert.That(down.Status.Detail).Contains("node worker").And.Contains("broken now").And.Contains("it is started again in");
        using HttpResponseMessage ready = await server.Http.GetAsync("/v2/models/g/ready");
        await Assert.That(ready.StatusCode).IsNotEqualTo(HttpStatusCode.OK);

        // However often a start fails, the next one follows.
        await server.Process.WaitForLineAsync(static line => line.Contains("is started again in 0.8 s", StringComparison.Ordinal));
        File.Delete(Path.Combine(folder.Path, "g", "broken"));
        await server.Process.WaitForLineAsync(static line => line.Contains("the Python process runs again", StringComparison.Ordinal));
    }

    [Test]
    public async Task Edits_OfGraphAndHandler_AreFollowed_AndTheOldProcessFinalizes()
    {
        using ConfigFolder folder = PythonGraph.Folder("return [Tensor('out', b'one')]");
        folder.Write("g/model.py", PythonGraph.Handler("return [Tensor('out', b'one')]") + "    def finalize(self):\n        print('finalized the first', flush=True)\n");
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        await Assert.That(await CallAsync(server, "x")).IsEqualTo("one");
        folder.Write("g/model.py", PythonGraph.Handler("return [Tensor('out', b'two')]"));
        await server.Process.WaitForLineAsync(static line => line.Contains("Graph g, node worker: finalized the first", StringComparison.Ordinal));
        await Assert.That(await CallAsync(server, "x")).IsEqualTo("two");

        // A handler with a fault leaves the last good one in force.
        folder.Write("g/model.py", "class OvmsPythonModel:\n    pass\n");
        await server.Process.WaitForLineAsync(static line => line.Contains("has no method execute", StringComparison.Ordinal));
        await Assert.That(await CallAsync(server, "x")).IsEqualTo("two");

        folder.Write("g/model3.py", PythonGraph.Handler("return [Tensor('out', b'three')]"));
        folder.Write("g/graph.pbtxt", (await File.ReadAllTextAsync(Path.Combine(folder.Path, "g", "graph.pbtxt"))).Replace("model.py", "model3.py", StringComparison.Ordinal));
        using HttpResponseMessage reloaded = await server.Http.PostAsync("/v1/config/reload", null);
        await Assert.That(await CallAsync(server, "x")).IsEqualTo("three");
    }

    [Test]
    public async Task StopOfTheServer_LeavesNoProcess()
    {
        using ConfigFolder folder = PythonGraph.Folder(Obey);
        await using OvmsServer server = await folder.StartAsync("Ready after", allowed: true);
        string pid = await CallAsync(server, "pid");
        server.Process.Signal(PosixSignal.SIGTERM);
        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(0);
        await EndsAsync(pid);

        await using OvmsServer killed = await folder.StartAsync("Ready after", allowed: true);
        string busy = await CallAsync(killed, "pid");
        Task<RpcException> hanging = Fault.OfAsync(() => CallAsync(killed, "hang"));
        await Task.Delay(200);
        using (Process process = Process.GetProcessById(killed.Process.Id))
        {
            process.Kill();
        }

        await hanging;
        await EndsAsync(busy);
    }

    [Test]
    [Arguments("name: \"worker\"", "", "The Python Node is missing name definition")]
    [Arguments("node_options: { [type.googleapis.com / mediapipe.PythonExecutorCalculatorOptions]: { handler_path: \"model.py\" } }", "", "The Python Node is missing options definition")]
    [Arguments("model.py", "gone.py", "The Python Node file path does not exist")]
    [Arguments("model.py", "raises.py", "The Python Node state initialization failed - ")]
    [Arguments("model.py", "raises.py", "ZeroDivisionError: division by zero (line 3 of raises.py)")]
    [Arguments("model.py", "broken.py", "SyntaxError")]
    [Arguments("model.py", "empty.py", "has no class OvmsPythonModel")]
    [Arguments("output_stream: \"OUT:out\"", "output_stream: \"OUT:out\" output_stream: \"LOOPBACK:l\"", "If LOOPBACK is used, it must be defined on both input and output of the node")]
    public async Task FaultsAtLoad_AreTold(string good, string bad, string told)
    {
        using ConfigFolder folder = PythonGraph.Folder("return []");
        folder.Write("g/raises.py", "class OvmsPythonModel:\n    def initialize(self, kwargs):\n        1 / 0\n    def execute(self, inputs):\n        return []\n");
        folder.Write("g/broken.py", "class\n");
        folder.Write("g/empty.py", "");
        folder.Write("g/graph.pbtxt", (await File.ReadAllTextAsync(Path.Combine(folder.Path, "g", "graph.pbtxt"))).Replace(good, bad, StringComparison.Ordinal));
        await using OvmsServer server = await folder.StartAsync(told, allowed: true);
        RpcException refused;
        using CancellationTokenSource limit = new(OvmsProcess.Patience);
        do
        {
            // The awaited line may be one of the handler's traceback, a moment before the graph has failed.
            refused = await Fault.OfAsync(() => CallAsync(server, "x"));
        }
        while (!refused.Status.Detail.Contains(told, StringComparison.Ordinal) && !limit.IsCancellationRequested);
        await Assert.That(refused.StatusCode).IsEqualTo(StatusCode.Unavailable);
        await Assert.That(refused.Status.Detail).StartsWith("Mediapipe is not loaded yet").And.Contains(told);
    }

    [Test]
    public async Task WithoutTheOption_AGraphWithAPythonNodeIsRefused()
    {
        using ConfigFolder folder = PythonGraph.Folder("return []");
        const string Told = "node worker (PythonExecutorCalculator) runs a Python file; start the server with --allow_python_nodes";
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["check", "--config_path", folder.File], folder.Environment);
        await Assert.That(output).Contains(Told).Because(errors);
        await Assert.That(code).IsEqualTo(1);
        await using OvmsServer server = await folder.StartAsync(Told, allowed: false);
        RpcException refused = await Fault.OfAsync(() => CallAsync(server, "x"));
        await Assert.That(refused.Status.Detail).Contains(Told);
    }

    [Test]
    [Arguments("no-such-python", "no-such-python cannot be started")]
    [Arguments("/bin/cat", "state initialization failed")]
    public async Task ExecutableThatIsNoPython_IsTold(string executable, string told)
    {
        using ConfigFolder folder = PythonGraph.Folder("return []");
        await using OvmsServer server = await folder.StartAsync(told, "--allow_python_nodes", "--python_executable", executable);
        RpcException refused = await Fault.OfAsync(() => CallAsync(server, "x"));
        await Assert.That(refused.Status.Detail).Contains(told);
    }

    [Test]
    public async Task WithoutTheModuleInC_AnOldPythonIsToldToTheCaller()
    {
        string python = PythonGraph.Python;
        Skip.When(PythonGraph.HasBufferMethod(python), $"{python} is 3.12 or later, which needs no module in C.");
        using ConfigFolder folder = PythonGraph.Folder("return []");
        string package = Path.GetDirectoryName(Path.GetDirectoryName(Repo.Binary))!;
        string bin = Directory.CreateDirectory(Path.Combine(folder.Path, "bin")).FullName;
        string modules = Directory.CreateDirectory(Path.Combine(folder.Path, "lib", "python")).FullName;
        File.Copy(Repo.Binary, Path.Combine(bin, "ovms"));
        foreach (string library in Directory.GetFiles(Path.Combine(package, "lib")))
        {
            File.CreateSymbolicLink(Path.Combine(folder.Path, "lib", Path.GetFileName(library)), library);
        }

        foreach (string module in Directory.GetFiles(Path.Combine(package, "lib", "python"), "*.py"))
        {
            File.Copy(module, Path.Combine(modules, Path.GetFileName(module)));
        }

        (int code, string output, string errors) = await OvmsProcess.RunAsync(
            [
                "--model_path", Path.Combine(folder.Path, "g"), "--model_name", "g", "--port", $"{FreePort.Next()}", "--grpc_bind_address", "127.0.0.1",
                "--allow_python_nodes", "--python_executable", python,
            ],
            binary: Path.Combine(bin, "ovms"));
        await Assert.That(output).Contains("The Python Node state initialization failed").Because(errors);
        await Assert.That(output).Contains("pyovms needs its module in C here, which lib/python does not have");
        await Assert.That(code).IsNotEqualTo(0);
    }

    private static async Task<string> CallAsync(OvmsServer server, string sent, TimeSpan? limit = null)
    {
        ModelInferRequest request = Requests.For("g").WithBytes("in", "BYTES", [1], Encoding.UTF8.GetBytes(sent));
        ModelInferResponse answer = await server.Client.ModelInferAsync(request, deadline: limit is { } time ? DateTime.UtcNow + time : null);
        return Encoding.UTF8.GetString(answer.Bytes("out"));
    }

    private static bool Runs(string pid) =>
        File.Exists($"/proc/{pid}/cmdline") && File.ReadAllText($"/proc/{pid}/cmdline").Contains("ovms_node", StringComparison.Ordinal);

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
