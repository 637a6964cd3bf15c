using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators;

/// <summary>
/// Finds the ports of a calculator at a node, and notes their kinds. The first port that is missing, and those that nobody asked for,
/// are the
/// failure of <see cref="Bind"/>.
/// </summary>
/// <param name="ports">The node's ports.</param>
internal sealed class PortFinder(NodePorts ports)
{
    private readonly CalculatorContract _kinds = new(ports);
    private readonly HashSet<(PortName[] List, int Index)> _found = [];
    private string? _fault;

    /// <summary>The node's ports.</summary>
    public NodePorts Ports => ports;

    /// <summary>Positions of the untagged inputs.</summary>
    public int[] Inputs(string tag = "", PacketKind kind = default) => All(ports.Inputs, tag, _kinds.InputKinds, kind);

    /// <summary>Positions of the outputs with a tag.</summary>
    public int[] Outputs(string tag = "", PacketKind kind = default) => All(ports.Outputs, tag, _kinds.OutputKinds, kind);

    /// <summary>Positions of the input side packets with a tag.</summary>
    public int[] InputSides(string tag = "", PacketKind kind = default) => All(ports.InputSides, tag, _kinds.InputSideKinds, kind);

    /// <summary>Positions of the output side packets with a tag.</summary>
    public int[] OutputSides(string tag = "", PacketKind kind = default) => All(ports.OutputSides, tag, _kinds.OutputSideKinds, kind);

    /// <summary>An input that must be there.</summary>
    public int Input(string tag, PacketKind kind = default) => Needed("input_stream", tag, Inputs(tag, kind));

    /// <summary>An output that must be there.</summary>
    public int Output(string tag, PacketKind kind = default) => Needed("output_stream", tag, Outputs(tag, kind));

    /// <summary>An input side packet that must be there.</summary>
    public int InputSide(string tag, PacketKind kind = default) => Needed("input_side_packet", tag, InputSides(tag, kind));

    /// <summary>An output side packet that must be there.</summary>
    public int OutputSide(string tag, PacketKind kind = default) => Needed("output_side_packet", tag, OutputSides(tag, kind));

    /// <summary>An input that may be there; −1 if it is not.</summary>
    public int OptionalInput(string tag, PacketKind kind = default) => Optional(tag, Inputs(tag, kind));

    /// <summary>An output that may be there; −1 if it is not.</summary>
    public int OptionalOutput(string tag, PacketKind kind = default) => Optional(tag, Outputs(tag, kind));

    /// <summary>An input side packet that may be there; −1 if it is not.</summary>
    public int OptionalInputSide(string tag, PacketKind kind = default) => Optional(tag, InputSides(tag, kind));

    /// <summary>Gives an output side packet its kind.</summary>
    public void SetOutputSideKind(int side, PacketKind kind) => _kinds.OutputSideKinds[side] = kind;

    /// <summary>Says that an input side packet may be missing when the graph is started.</summary>
    /// <param name="side">The side packet; −1 for none.</param>
    public void MayMiss(int side)
    {
        if (side >= 0)
        {
            _kinds.OptionalSides[side] = true;
        }
    }

    /// <summary>Says that an output carries on what comes at an input.</summary>
    public void HandsOn(int input, int output)
    {
        if (input >= 0 && output >= 0)
        {
            _kinds.SameAsInput[output] = input;
        }
    }

    /// <summary>Adds a fault unless there is one.</summary>
    public void Require(bool holds, string fault) => _fault ??= holds ? null : fault;

    /// <summary>The calculator, if all ports are as it needs them.</summary>
    /// <param name="create">Makes the calculator of a run.</param>
    /// <param name="offset">See <see cref="CalculatorContract.TimestampOffset"/>.</param>
    /// <param name="policy">See <see cref="CalculatorContract.Policy"/>; null for the default one.</param>
    /// <param name="processesBounds">See <see cref="CalculatorContract.ProcessesBounds"/>.</param>
    /// <param name="runsLong">See <see cref="CalculatorContract.RunsLong"/>.</param>
    /// <param name="setsSidesLate">See <see cref="CalculatorContract.SetsSidesLate"/>.</param>
    public Outcome<BoundCalculator> Bind(
        Func<ICalculator> create, long? offset = 0, InputPolicy? policy = null, bool processesBounds = false, bool runsLong = false,
        bool setsSidesLate = false)
    {
        RefuseOthers("input_stream", ports.Inputs);
        RefuseOthers("output_stream", ports.Outputs);
        RefuseOthers("input_side_packet", ports.InputSides);
        RefuseOthers("output_side_packet", ports.OutputSides);
        if (_fault is not null)
        {
            return Outcome.Fail(StatusCode.GraphInitializationError, _fault);
        }

        CalculatorContract contract = new(ports)
        {
            TimestampOffset = offset,
            Policy = policy ?? InputPolicy.Default,
            ProcessesBounds = processesBounds,
            RunsLong = runsLong,
            SetsSidesLate = setsSidesLate,
        };
        _kinds.InputKinds.CopyTo(contract.InputKinds, 0);
        _kinds.OutputKinds.CopyTo(contract.OutputKinds, 0);
        _kinds.InputSideKinds.CopyTo(contract.InputSideKinds, 0);
        _kinds.OutputSideKinds.CopyTo(contract.OutputSideKinds, 0);
        _kinds.SameAsInput.CopyTo(contract.SameAsInput, 0);
        _kinds.OptionalSides.CopyTo(contract.OptionalSides, 0);
        return new BoundCalculator(contract, create);
    }

    private int[] All(PortName[] list, string tag, PacketKind[] kinds, PacketKind kind)
    {
        int[] found = [.. Enumerable.Range(0, list.Length).Where(index => list[index].Tag == tag).OrderBy(index => list[index].Index)];
        foreach (int index in found)
        {
            _found.Add((list, index));
            kinds[index] = kind;
        }

        return found;
    }

    private int Needed(string what, string tag, int[] found)
    {
        string name = tag.Length > 0 ? $"the tag {tag}" : "no tag";
        Require(found.Length == 1, $"it needs one {what} with {name}; the node has {found.Length}");
        return found.Length > 0 ? found[0] : -1;
    }

    private int Optional(string tag, int[] found)
    {
        Require(found.Length <= 1, $"it takes one {tag}; the node has {found.Length}");
        return found.Length > 0 ? found[0] : -1;
    }

    private void RefuseOthers(string what, PortName[] list)
    {
        for (int i = 0; i < list.Length; i++)
        {
            Require(_found.Contains((list, i)), $"it has no {what} {list[i]}");
        }
    }
}
