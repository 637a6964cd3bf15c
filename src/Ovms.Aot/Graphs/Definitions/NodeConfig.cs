using System.Collections.Immutable;
using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>A node as written. Source of names and numbers: the original's CalculatorGraphConfig.Node.</summary>
[GraphMessage("mediapipe.CalculatorGraphConfig.Node")]
internal sealed partial record NodeConfig
{
    /// <summary>Where it begins in the file.</summary>
    public ProtoPlace Place { get; init; }

    /// <summary>Its name; empty for one made from its calculator's.</summary>
    [GraphField(1)]
    public string Name { get; init; } = "";

    /// <summary>The calculator that it runs.</summary>
    [GraphField(2)]
    public string Calculator { get; init; } = "";

    /// <summary>Its inputs, each TAG:index:name.</summary>
    [GraphField(3)]
    public ImmutableArray<string> InputStream { get; init; } = [];

    /// <summary>Its outputs, each TAG:index:name.</summary>
    [GraphField(4)]
    public ImmutableArray<string> OutputStream { get; init; } = [];

    /// <summary>The side packets that it reads.</summary>
    [GraphField(5)]
    public ImmutableArray<string> InputSidePacket { get; init; } = [];

    /// <summary>The side packets that it makes.</summary>
    [GraphField(6)]
    public ImmutableArray<string> OutputSidePacket { get; init; } = [];

    /// <summary>Options in the older form. They count where both forms are given.</summary>
    [GraphField(7)]
    public ImmutableArray<ProtoMessage> Options { get; init; } = [];

    /// <summary>Options in the newer form.</summary>
    [GraphField(8)]
    public ImmutableArray<ProtoMessage> NodeOptions { get; init; } = [];

    /// <summary>Order among sources; accepted without effect.</summary>
    [GraphField(9)]
    public int SourceLayer { get; init; }

    /// <summary>Accepted without effect, as in the original.</summary>
    [GraphField(10)]
    public int BufferSizeHint { get; init; }

    /// <summary>How it waits for its inputs; null for the graph's.</summary>
    [GraphField(11)]
    public InputHandlerConfig? InputStreamHandler { get; init; }

    /// <summary>How its outputs leave; null for the graph's.</summary>
    [GraphField(12)]
    public OutputHandlerConfig? OutputStreamHandler { get; init; }

    /// <summary>What is special about some of its inputs.</summary>
    [GraphField(13)]
    public ImmutableArray<InputInfoConfig> InputStreamInfo { get; init; } = [];

    /// <summary>Accepted without effect.</summary>
    [GraphField(14)]
    public string Executor { get; init; } = "";

    /// <inheritdoc cref="Executor"/>
    [GraphField(15)]
    public ProtoMessage? ProfilerConfig { get; init; }

    /// <summary>How many of its runs may overlap; 0 for as many as there are processors.</summary>
    [GraphField(16)]
    public int MaxInFlight { get; init; } = 1;

    /// <summary>Refused: options from side packets.</summary>
    [GraphField(17)]
    public ImmutableArray<string> OptionValue { get; init; } = [];

    /// <summary>An older name of <see cref="InputSidePacket"/>.</summary>
    [GraphField(1005)]
    public ImmutableArray<string> ExternalInput { get; init; } = [];
}
