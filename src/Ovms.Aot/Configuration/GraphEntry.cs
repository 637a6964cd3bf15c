namespace Ovms.Configuration;

/// <summary>Something that was configured and is no model. Its name is taken; calls of it are told what it is.</summary>
/// <param name="Name">Its name, which no model has.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Path">The graph's file; empty for a pipeline, which stands in the configuration file itself.</param>
internal sealed record GraphEntry(string Name, GraphKind Kind, string Path);

/// <summary>Kinds of things that are made of models.</summary>
internal enum GraphKind
{
    /// <summary>A MediaPipe graph.</summary>
    MediaPipe,

    /// <summary>A DAG pipeline.</summary>
    Pipeline,
}
