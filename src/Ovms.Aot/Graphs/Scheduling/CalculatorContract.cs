using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>
/// What a calculator promises and asks for in one node: the kinds of its packets and how it is scheduled. Made once when the graph is
/// loaded. All lists have the length and order of the node's <see cref="NodePorts"/>.
/// </summary>
internal sealed class CalculatorContract
{
    /// <param name="ports">The node's ports; their kinds are <see cref="PacketKind.Any"/> until set.</param>
    public CalculatorContract(NodePorts ports)
    {
        Ports = ports;
        InputKinds = new PacketKind[ports.Inputs.Length];
        OutputKinds = new PacketKind[ports.Outputs.Length];
        InputSideKinds = new PacketKind[ports.InputSides.Length];
        OutputSideKinds = new PacketKind[ports.OutputSides.Length];
        OptionalSides = new bool[ports.InputSides.Length];
        SameAsInput = new int[ports.Outputs.Length];
        Array.Fill(SameAsInput, -1);
    }

    /// <summary>The ports of the node.</summary>
    public NodePorts Ports { get; }

    /// <summary>Kinds of the input streams.</summary>
    public PacketKind[] InputKinds { get; }

    /// <summary>Kinds of the output streams.</summary>
    public PacketKind[] OutputKinds { get; }

    /// <summary>For each output the input whose packets it carries on, so that their kind is known downstream; −1 for none.</summary>
    public int[] SameAsInput { get; }

    /// <summary>Kinds of the input side packets.</summary>
    public PacketKind[] InputSideKinds { get; }

    /// <summary>Kinds of the output side packets.</summary>
    public PacketKind[] OutputSideKinds { get; }

    /// <summary>Input side packets that may be missing when the graph is started.</summary>
    public bool[] OptionalSides { get; }

    /// <summary>
    /// Whether output side packets are set while the graph runs, not when the node is opened: then no node can read them, because nodes
    /// take their side packets when they are opened.
    /// </summary>
    public bool SetsSidesLate { get; init; }

    /// <summary>
    /// With a value, the node's outputs are settled up to this many units after a time as soon as its inputs are settled at that time,
    /// whether it wrote packets or not. Null: outputs advance only by packets, by bounds that the calculator sets, and at close.
    /// </summary>
    public long? TimestampOffset { get; init; } = 0;

    /// <summary>How inputs are combined unless the graph says otherwise.</summary>
    public InputPolicy Policy { get; init; } = InputPolicy.Default;

    /// <summary>Whether the calculator also runs at times that are settled although none of its inputs has a packet.</summary>
    public bool ProcessesBounds { get; init; }

    /// <summary>
    /// Whether Process computes for long (from about 0.1 ms) on the calling thread. Such a node runs on a thread of the pool, so that other
    /// nodes of the graph run beside it.
    /// </summary>
    public bool RunsLong { get; init; }
}
