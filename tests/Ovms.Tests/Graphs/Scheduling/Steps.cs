using Ovms.Graphs.Packets;
using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>Functions for test nodes.</summary>
internal static class Steps
{
    /// <summary>Writes each input to the output of the same position.</summary>
    public static Outcome Pass(CalculatorContext context)
    {
        for (int i = 0; i < context.Node.Plan.Inputs.Length; i++)
        {
            if (context.HasInput(i))
            {
                context.Emit(i, context.Input(i).Share());
            }
        }

        return Outcome.Ok;
    }

    /// <summary>Writes which inputs have a packet: bit i for input i.</summary>
    public static Outcome Present(CalculatorContext context)
    {
        int present = 0;
        for (int i = 0; i < context.Node.Plan.Inputs.Length; i++)
        {
            present |= context.HasInput(i) ? 1 << i : 0;
        }

        context.Emit(0, new Packet(present, context.Time));
        return Outcome.Ok;
    }

    /// <summary>Hands on even values only.</summary>
    public static Outcome Even(CalculatorContext context)
    {
        if (context.Input(0).Value is int value && value % 2 == 0)
        {
            context.Emit(0, context.Input(0).Share());
        }

        return Outcome.Ok;
    }
}
