using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>How a node waits for its inputs, as written. Source: the original's InputStreamHandlerConfig.</summary>
[GraphMessage("mediapipe.InputStreamHandlerConfig")]
internal sealed partial record InputHandlerConfig
{
    /// <summary>The handler of a node that names none.</summary>
    public const string Default = "DefaultInputStreamHandler";

    /// <summary>Where it begins in the file.</summary>
    public ProtoPlace Place { get; init; }

    /// <summary>The handler's name.</summary>
    [GraphField(1)]
    public string InputStreamHandler { get; init; } = Default;

    /// <summary>Its options: messages under the name of their type.</summary>
    [GraphField(3)]
    public ProtoMessage? Options { get; init; }
}
