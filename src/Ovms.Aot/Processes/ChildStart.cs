namespace Ovms.Processes;

/// <summary>What a child process is started with.</summary>
/// <param name="Name">Begins what is logged of it, for example "The library cut".</param>
/// <param name="Executable">A path, or a name that is looked for in PATH.</param>
/// <param name="Arguments">Its arguments, passed as they are.</param>
internal sealed record ChildStart(string Name, string Executable, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that are set beside those of the server; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Its working folder; empty for that of the server.</summary>
    public string Folder { get; init; } = "";
}
