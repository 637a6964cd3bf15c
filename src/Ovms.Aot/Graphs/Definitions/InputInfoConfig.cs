using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>What is special about one input of a node, as written. Source: the original's InputStreamInfo.</summary>
[GraphMessage("mediapipe.InputStreamInfo")]
internal sealed partial record InputInfoConfig
{
    /// <summary>Where it begins in the file.</summary>
    public ProtoPlace Place { get; init; }

    /// <summary>The input: TAG, TAG:index, :index, or empty for the first untagged one.</summary>
    [GraphField(1)]
    public string TagIndex { get; init; } = "";

    /// <summary>Whether it closes a cycle, so that the graph's order leaves it out.</summary>
    [GraphField(2)]
    public bool BackEdge { get; init; }
}
