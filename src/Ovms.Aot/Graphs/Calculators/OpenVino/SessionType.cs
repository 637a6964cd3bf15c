using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>OpenVINOModelServerSessionCalculator: names the model that other nodes infer with.</summary>
internal sealed class SessionType : CalculatorType
{
    /// <summary>The kind of its side packet.</summary>
    public static PacketKind Kind => new("session");

    /// <inheritdoc/>
    public override string Name => "OpenVINOModelServerSessionCalculator";

    /// <inheritdoc/>
    public override Outcome<BoundCalculator> Bind(NodePorts ports, object? options)
    {
        if (ports.OutputSides is not [{ Tag: InferencePorts.SessionTag }] || ports.Inputs.Length + ports.Outputs.Length > 0)
        {
            return Fail("it makes one side packet and has no streams; expected output_side_packet: \"SESSION:name\"");
        }

        if (options is not ModelSessionOptions { ServableName.Length: > 0 } named)
        {
            return Fail("its options name no model; expected servable_name");
        }

        CalculatorContract contract = new(ports) { OutputSideKinds = { [0] = Kind } };
        Calculator calculator = new(ModelSession.Of(named));
        return new BoundCalculator(contract, () => calculator);
    }

    private static Outcome Fail(string why) => Outcome.Fail(StatusCode.GraphInitializationError, why);

    private sealed class Calculator(ModelSession session) : ICalculator
    {
        public ValueTask<Outcome> OpenAsync(CalculatorContext context)
        {
            context.SetSide(0, session);
            return new(Outcome.Ok);
        }

        public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
        {
            context.Stop();
            return new(Outcome.Ok);
        }
    }
}
