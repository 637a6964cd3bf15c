using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>Groups of inputs. Source: the original's SyncSetInputStreamHandlerOptions.</summary>
[GraphMessage("mediapipe.SyncSetInputStreamHandlerOptions")]
internal sealed partial record SyncSetOptions
{
    /// <summary>The groups.</summary>
    [GraphField(1)]
    public ImmutableArray<SyncSetConfig> SyncSet { get; init; } = [];
}

/// <summary>One group of inputs. Source: the original's SyncSetInputStreamHandlerOptions.SyncSet.</summary>
[GraphMessage("mediapipe.SyncSetInputStreamHandlerOptions.SyncSet")]
internal sealed partial record SyncSetConfig
{
    /// <summary>Its inputs: TAG, TAG:index, or :index.</summary>
    [GraphField(1)]
    public ImmutableArray<string> TagIndex { get; init; } = [];
}
