using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>
/// GateCalculator: hands packets on while it is open. A packet at ALLOW or DISALLOW opens or closes it for its time; without one the side
/// packet of that name, or the options.
/// </summary>
internal sealed class Gate : ICalculator
{
    private readonly GateOptions _options;
    private readonly int[] _inputs;
    private readonly int[] _outputs;
    private readonly int _control;
    private readonly bool _opens;
    private readonly bool _bySide;
    private readonly int _change;
    private GateState _state;

    private Gate(GateOptions options, int[] inputs, int[] outputs, int control, bool opens, bool bySide, int change)
    {
        _options = options;
        _inputs = inputs;
        _outputs = outputs;
        _control = control;
        _opens = opens;
        _bySide = bySide;
        _change = change;
        _state = options.InitialGateState;
    }

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        GateOptions given = options as GateOptions ?? new GateOptions();
        int[] inputs = finder.Inputs();
        int[] outputs = finder.Outputs();
        int allow = finder.OptionalInput("ALLOW", PacketKind.Bool);
        int disallow = finder.OptionalInput("DISALLOW", PacketKind.Bool);
        int allowSide = finder.OptionalInputSide("ALLOW", PacketKind.Bool);
        int disallowSide = finder.OptionalInputSide("DISALLOW", PacketKind.Bool);
        int change = finder.OptionalOutput("STATE_CHANGE", PacketKind.Bool);
        int controls = new[] { allow, disallow, allowSide, disallowSide }.Count(static port => port >= 0);
        finder.Require(controls <= 1, "it takes one of ALLOW and DISALLOW, as input_stream or as input_side_packet; the node has several");
        finder.Require(
            inputs.Length > 0 && inputs.Length == outputs.Length,
            $"it needs as many output_streams as input_streams without a tag, 1 and up; it has {outputs.Length} and {inputs.Length}");
        for (int i = 0; i < Math.Min(inputs.Length, outputs.Length); i++)
        {
            finder.HandsOn(inputs[i], outputs[i]);
        }

        bool opens = disallow < 0 && disallowSide < 0;
        bool bySide = allowSide >= 0 || disallowSide >= 0;
        return finder.Bind(() => new Gate(given, inputs, outputs, Math.Max(allow, disallow), opens, bySide, change));
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        object? control = _control >= 0 ? context.Input(_control).Value : _bySide ? context.Side(0) : null;
        bool allows = control is bool flag ? flag == _opens : _control >= 0 ? _options.EmptyPacketsAsAllow : _options.Allow;
        if (control is not (bool or null))
        {
            return new(Outcome.Fail(StatusCode.GraphExecutionError, $"ALLOW or DISALLOW is {Shown.Bounded(control)}; expected: a bool"));
        }

        GateState state = allows ? GateState.GateAllow : GateState.GateDisallow;
        if (_change >= 0 && state != _state && _state is (GateState.GateAllow or GateState.GateDisallow))
        {
            context.Emit(_change, new Packet(allows, context.Time));
        }

        _state = state;
        for (int i = 0; allows && i < _inputs.Length; i++)
        {
            if (context.HasInput(_inputs[i]))
            {
                context.Emit(_outputs[i], context.Input(_inputs[i]).Share());
            }
        }

        return new(Outcome.Ok);
    }
}
