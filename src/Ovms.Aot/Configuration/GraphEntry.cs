using System.Collections.Immutable;
using Ovms.Configuration.Graphs;
using Ovms.Status;

namespace Ovms.Configuration;

/// <summary>A configured graph.</summary>
/// <param name="Name">Its name; no model has the same.</param>
/// <param name="Path">The graph's file.</param>
internal sealed record GraphEntry(string Name, string Path)
{
    /// <summary>The file's text; empty if it cannot be read.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Why it cannot be served, found while it was read; Ok if nothing is known.</summary>
    public Outcome Fault { get; private init; } = Outcome.Ok;

    /// <summary>The models that it names.</summary>
    public ImmutableArray<GraphModel> Models { get; private init; } = [];

    /// <summary>The other files that are read when it is loaded: handlers of Python nodes and lists of labels.</summary>
    public ImmutableArray<string> Files { get; private init; } = [];

    /// <summary>Reads a graph's file.</summary>
    /// <param name="name">The graph's name.</param>
    /// <param name="path">The file; absolute.</param>
    public static GraphEntry Read(string name, string path)
    {
        Outcome<string> text = GraphFile.Read(path);
        return text.IsOk
            ? new GraphEntry(name, path)
            {
                Text = text.Value,
                Models = GraphModels.In(text.Value),
                Files = GraphFiles.In(text.Value, System.IO.Path.GetDirectoryName(path) ?? ""),
            }
            : Faulty(name, path, text.WithoutValue);
    }

    /// <summary>A graph that cannot be served.</summary>
    public static GraphEntry Faulty(string name, string path, Outcome fault) => new(name, path) { Fault = fault };
}
