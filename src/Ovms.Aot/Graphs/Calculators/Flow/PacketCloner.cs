using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>PacketClonerCalculator: at each tick the newest packet of each other input, at the tick's time.</summary>
/// <param name="inputs">The inputs that are cloned.</param>
/// <param name="outputs">Their outputs.</param>
/// <param name="tick">The input of ticks.</param>
/// <param name="needsAll">Whether nothing is written before each input has had a packet.</param>
internal sealed class PacketCloner(int[] inputs, int[] outputs, int tick, bool needsAll) : ICalculator
{
    private readonly Packet[] _newest = new Packet[inputs.Length];

    /// <summary>Checks ports and options.</summary>
    public static Outcome<BoundCalculator> Bind(PortFinder finder, object? options)
    {
        PacketClonerOptions given = options as PacketClonerOptions ?? new PacketClonerOptions();
        int tick = finder.OptionalInput("TICK");
        List<int> inputs = [];
        List<int> outputs = [];
        foreach (PortName port in finder.Ports.Inputs.Where(static port => port.Tag != "TICK"))
        {
            int input = finder.Inputs(port.Tag).First(index => finder.Ports.Inputs[index] == port);
            int output = Array.IndexOf(finder.Ports.Outputs, port);
            if (output < 0 && tick < 0 && port.Tag.Length == 0 && port.Index == finder.Inputs().Length - 1)
            {
                tick = input;
                continue;
            }

            finder.Outputs(port.Tag);
            finder.Require(output >= 0, $"the input_stream {port} has no output_stream with its tag and index");
            finder.HandsOn(input, output);
            inputs.Add(input);
            outputs.Add(output);
        }

        finder.Require(tick >= 0, "it needs an input_stream TICK, or one input_stream without a tag more than such outputs");
        bool needsAll = given.OutputOnlyWhenAllInputsReceived || given.OutputPacketsOnlyWhenAllInputsReceived;
        return finder.Bind(() => new PacketCloner([.. inputs], [.. outputs], tick, needsAll));
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> ProcessAsync(CalculatorContext context)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (context.HasInput(inputs[i]))
            {
                _newest[i].Release();
                _newest[i] = context.Input(inputs[i]).Share();
            }
        }

        if (!context.HasInput(tick) || (needsAll && Array.Exists(_newest, static packet => packet.IsEmpty)))
        {
            return new(Outcome.Ok);
        }

        for (int i = 0; i < inputs.Length; i++)
        {
            if (!_newest[i].IsEmpty)
            {
                context.Emit(outputs[i], _newest[i].ShareAt(context.Time));
            }
        }

        return new(Outcome.Ok);
    }

    /// <inheritdoc/>
    public ValueTask<Outcome> CloseAsync(CalculatorContext context)
    {
        Array.ForEach(_newest, static packet => packet.Release());
        return new(Outcome.Ok);
    }
}
