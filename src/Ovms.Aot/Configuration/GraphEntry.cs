namespace Ovms.Configuration;

/// <summary>A configured graph. It occupies its name; calls to it get an error that says what it is.</summary>
/// <param name="Name">Its name; no model has the same.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Path">The graph's file.</param>
internal sealed record GraphEntry(string Name, GraphKind Kind, string Path);

/// <summary>Kinds of servables that are composed of models.</summary>
internal enum GraphKind
{
    /// <summary>A MediaPipe graph.</summary>
    MediaPipe,
}
