using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>A graph as written. Source of names and numbers: the original's CalculatorGraphConfig.</summary>
[GraphMessage("mediapipe.CalculatorGraphConfig")]
internal sealed partial record GraphConfig
{
    /// <summary>The nodes, in any order.</summary>
    [GraphField(1)]
    public ImmutableArray<NodeConfig> Node { get; init; } = [];

    /// <summary>Refused: made side packets before calculators did.</summary>
    [GraphField(6)]
    public ImmutableArray<ProtoMessage> PacketFactory { get; init; } = [];

    /// <inheritdoc cref="PacketFactory"/>
    [GraphField(7)]
    public ImmutableArray<ProtoMessage> PacketGenerator { get; init; } = [];

    /// <summary>Threads of the original's executor; the thread pool is used instead.</summary>
    [GraphField(8)]
    public int NumThreads { get; init; }

    /// <summary>Refused: was told of a graph's end.</summary>
    [GraphField(9)]
    public ImmutableArray<ProtoMessage> StatusHandler { get; init; } = [];

    /// <summary>The graph's inputs, each TAG:index:name.</summary>
    [GraphField(10)]
    public ImmutableArray<string> InputStream { get; init; } = [];

    /// <summary>Most packets that wait on a stream; -1 for the server's own bound.</summary>
    [GraphField(11)]
    public int MaxQueueSize { get; init; } = 100;

    /// <summary>The handler of nodes that name none.</summary>
    [GraphField(12)]
    public InputHandlerConfig? InputStreamHandler { get; init; }

    /// <inheritdoc cref="InputStreamHandler"/>
    [GraphField(13)]
    public OutputHandlerConfig? OutputStreamHandler { get; init; }

    /// <summary>Accepted without effect.</summary>
    [GraphField(14)]
    public ImmutableArray<ProtoMessage> Executor { get; init; } = [];

    /// <summary>The graph's outputs, each TAG:index:name.</summary>
    [GraphField(15)]
    public ImmutableArray<string> OutputStream { get; init; } = [];

    /// <summary>The side packets that calls give, each TAG:name.</summary>
    [GraphField(16)]
    public ImmutableArray<string> InputSidePacket { get; init; } = [];

    /// <summary>Side packets that leave the graph; nobody reads them.</summary>
    [GraphField(17)]
    public ImmutableArray<string> OutputSidePacket { get; init; } = [];

    /// <summary>Accepted without effect.</summary>
    [GraphField(18)]
    public ProtoMessage? ProfilerConfig { get; init; }

    /// <summary>Accepted without effect: names a subgraph.</summary>
    [GraphField(19)]
    public string Package { get; init; } = "";

    /// <inheritdoc cref="Package"/>
    [GraphField(20)]
    public string Type { get; init; } = "";

    /// <summary>Whether a deadlock between bounded streams is an error.</summary>
    [GraphField(21)]
    public bool ReportDeadlock { get; init; }

    /// <summary>Accepted without effect.</summary>
    [GraphField(1001)]
    public ProtoMessage? Options { get; init; }

    /// <inheritdoc cref="Options"/>
    [GraphField(1002)]
    public ImmutableArray<ProtoMessage> GraphOptions { get; init; } = [];
}
