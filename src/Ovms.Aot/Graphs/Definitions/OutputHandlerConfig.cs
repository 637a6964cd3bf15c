using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>How a node's outputs leave, as written. Source: the original's OutputStreamHandlerConfig.</summary>
[GraphMessage("mediapipe.OutputStreamHandlerConfig")]
internal sealed partial record OutputHandlerConfig
{
    /// <summary>The only handler.</summary>
    public const string Default = "InOrderOutputStreamHandler";

    /// <summary>Where it begins in the file.</summary>
    public ProtoPlace Place { get; init; }

    /// <summary>The handler's name.</summary>
    [GraphField(1)]
    public string OutputStreamHandler { get; init; } = Default;

    /// <summary>Side packets of the handler; the only handler has none.</summary>
    [GraphField(2)]
    public ImmutableArray<string> InputSidePacket { get; init; } = [];

    /// <summary>Options of the handler; the only handler has none.</summary>
    [GraphField(3)]
    public ProtoMessage? Options { get; init; }
}
