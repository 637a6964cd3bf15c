namespace Ovms.Graphs.Interpreters;

/// <summary>What the server's options say of Python nodes.</summary>
/// <param name="IsAllowed">Whether graphs may have them.</param>
/// <param name="Executable">Python: a path, or a name that is looked for in PATH.</param>
/// <param name="ModuleFolder">The folder of ovms_node.py and pyovms.</param>
internal sealed record PythonSettings(bool IsAllowed, string Executable, string ModuleFolder)
{
    /// <summary>No Python nodes.</summary>
    public static PythonSettings None { get; } = new(IsAllowed: false, "", "");

    /// <summary>How long a handler may take for one answer; null for no limit.</summary>
    public TimeSpan? AnswerTime { get; init; }

    /// <summary>Is told the graph and the node each time that a process is started again.</summary>
    public Action<string, string>? Restarted { get; init; }

    /// <summary>The settings of a server whose binary lies in a folder.</summary>
    /// <param name="isAllowed">Whether graphs may have Python nodes.</param>
    /// <param name="executable">Python.</param>
    /// <param name="binaryFolder">The folder of the binary; lib/python lies beside it.</param>
    public static PythonSettings Of(bool isAllowed, string executable, string binaryFolder) =>
        new(isAllowed, executable, Path.GetFullPath(Path.Combine(binaryFolder, "..", "lib", "python")));
}
