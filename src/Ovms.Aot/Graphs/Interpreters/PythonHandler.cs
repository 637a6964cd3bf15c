using System.Collections.Immutable;

namespace Ovms.Graphs.Interpreters;

/// <summary>The handler of a Python node, and what it is told when it is loaded.</summary>
/// <param name="Described">How faults name the node.</param>
/// <param name="Node">The node's name.</param>
/// <param name="Path">The handler's file; absolute.</param>
/// <param name="Inputs">Names of the input streams, in the order of the graph.</param>
/// <param name="Outputs">Names of the output streams, in the order of the graph.</param>
internal sealed record PythonHandler(
    string Described, string Node, string Path, ImmutableArray<string> Inputs, ImmutableArray<string> Outputs)
{
    /// <summary>The folder that the handler imports its own modules from.</summary>
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? "";
}
