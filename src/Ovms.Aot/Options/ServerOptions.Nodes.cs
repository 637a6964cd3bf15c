namespace Ovms.Options;

/// <content>Code of others that nodes of pipelines and graphs run.</content>
internal sealed partial record ServerOptions
{
    /// <summary>Seconds between cleanings of custom node resources; 0 for never.</summary>
    [Option("custom_node_resources_cleaner_interval_seconds", Placeholder = "SECONDS")]
    public uint CustomNodeResourcesCleanerIntervalSeconds { get; init; } = 300;

    /// <summary>
    /// Calls that hang in a custom node library after which its pipelines are not ready, or, with isolate_custom_nodes, after which its
    /// process is ended and started again; 0 for never.
    /// </summary>
    [Option(
        "custom_node_hang_limit", Group = "limits", Placeholder = "COUNT", Max = 1000,
        WhenHit = "calls get UNAVAILABLE / 503, with the option's name")]
    public uint CustomNodeHangLimit { get; init; } = 8;

    /// <summary>
    /// Linux: each custom node library runs in a process of its own, so that a crash in it ends only the calls that are in it. Costs a copy
    /// of each input and output.
    /// </summary>
    [Option("isolate_custom_nodes")]
    public bool IsolateCustomNodes { get; init; }

    /// <summary>Graphs may have Python nodes: the server then runs the Python files that graphs name, each node in a process.</summary>
    [Option("allow_python_nodes")]
    public bool AllowPythonNodes { get; init; }

    /// <summary>Python for Python nodes, 3.11 or later: a path, or a name that is looked for in PATH.</summary>
    [Option("python_executable", Placeholder = "FILE")]
    public string PythonExecutable { get; init; } = "python3";

    /// <summary>
    /// Seconds that the handler of a Python node may take to return from execute, or for the next item of a generator; 0 for no limit.
    /// </summary>
    [Option(
        "python_node_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = 86400,
        WhenHit = "the call gets DEADLINE_EXCEEDED / 504, with the option's name; the node's process is ended and started again")]
    public uint PythonNodeTimeoutSeconds { get; init; } = 600;
}
