using System.Diagnostics;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Writes graphs with Python nodes, and starts servers that may run them.</summary>
internal static class PythonGraph
{
    private static readonly Lazy<string> s_python = new(Find);

    /// <summary>A Python that Python nodes can run on here; skips the test where there is none.</summary>
    public static string Python
    {
        get
        {
            Skip.When(s_python.Value.Length == 0, $"No Python runs the pyovms of the package ({Modules}): install python3-dev and publish again, or Python 3.12.");
            return s_python.Value;
        }
    }

    /// <summary>The package's folder of Python files.</summary>
    public static string Modules => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Repo.Binary))!, "lib", "python");

    /// <summary>A node. Each port is TAG:stream.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="handler">The Python file.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="outputs">Its outputs.</param>
    /// <param name="more">Further fields.</param>
    public static string Node(string name, string handler, string[] inputs, string[] outputs, string more = "") => $$"""
        node {
          name: "{{name}}"
          calculator: "PythonExecutorCalculator"
          input_side_packet: "PYTHON_NODE_RESOURCES:py"
          {{GraphText.Edge(inputs, outputs).Replace("\n", "\n  ", StringComparison.Ordinal)}}
          node_options: { [type.googleapis.com / mediapipe.PythonExecutorCalculatorOptions]: { handler_path: "{{handler}}" } }
          {{more}}
        }

        """;

    /// <summary>What a node with a generator needs beside its streams.</summary>
    public const string Loop = """
        input_stream: "LOOPBACK:loopback" output_stream: "LOOPBACK:loopback"
          input_stream_info: { tag_index: 'LOOPBACK:0', back_edge: true }
          input_stream_handler { input_stream_handler: "SyncSetInputStreamHandler",
            options { [mediapipe.SyncSetInputStreamHandlerOptions.ext] { sync_set { tag_index: "LOOPBACK:0" } } } }
        """;

    /// <summary>A folder with one graph g of one node, whose handler has the body of execute given.</summary>
    /// <param name="execute">The body of execute, with the input as x; more methods may follow.</param>
    /// <param name="more">Further fields of the node.</param>
    public static ConfigFolder Folder(string execute, string more = "")
    {
        ConfigFolder folder = new("""{"model_config_list": [], "mediapipe_config_list": [{"name": "g"}]}""");
        folder.Write("g/graph.pbtxt", GraphText.Edge(["OVMS_PY_TENSOR:in"], ["OVMS_PY_TENSOR:out"]) + Node("worker", "model.py", ["IN:in"], ["OUT:out"], more));
        folder.Write("g/model.py", Handler(execute));
        return folder;
    }

    /// <summary>The text of a handler.</summary>
    /// <param name="execute">The body of execute, with the input as x; more methods may follow.</param>
    public static string Handler(string execute) =>
        "import os, sys, time\nfrom pyovms import Tensor\n\n\nclass OvmsPythonModel:\n    def execute(self, inputs):\n        x = bytes(inputs[0]) if inputs else b\"\"\n"
        + string.Concat(execute.Split('\n').Select(static line => $"        {line}\n"));

    /// <summary>Starts a server on a folder and waits for a part of a line.</summary>
    public static Task<OvmsServer> StartAsync(this ConfigFolder folder, string awaited, bool allowed, params string[] more) =>
        folder.StartAsync(awaited, [.. allowed ? ["--allow_python_nodes", "--python_executable", Python] : Array.Empty<string>(), "--file_system_poll_wait_seconds", "1", .. more]);

    /// <summary>Whether classes of a Python can have the buffer protocol: from 3.12 on.</summary>
    public static bool HasBufferMethod(string python) => Runs(python, "assert __import__('sys').version_info >= (3, 12)");

    // One with numpy is taken first, so that the test of it runs.
    private static string Find()
    {
        string[] pythons = ["python3", "/usr/bin/python3", "python3.13", "python3.12", "python3.11"];
        return Array.Find(pythons, static python => Runs(python, "import pyovms, numpy"))
            ?? Array.Find(pythons, static python => Runs(python, "import pyovms"))
            ?? "";
    }

    private static bool Runs(string python, string code)
    {
        try
        {
            ProcessStartInfo start = new(python, ["-c", code]) { RedirectStandardError = true, Environment = { ["PYTHONPATH"] = Modules } };
            using Process tried = Process.Start(start)!;
            tried.StandardError.ReadToEnd();
            tried.WaitForExit();
            return tried.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
