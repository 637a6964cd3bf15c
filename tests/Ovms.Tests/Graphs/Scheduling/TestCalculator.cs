using Ovms.Graphs.Scheduling;
using Ovms.Status;

namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>A calculator made of functions.</summary>
internal sealed class TestCalculator : ICalculator
{
    public Func<CalculatorContext, ValueTask<Outcome>> Process { get; init; } = static _ => new(Outcome.Ok);

    public Func<CalculatorContext, Outcome> Open { get; init; } = static _ => Outcome.Ok;

    public Func<CalculatorContext, Outcome> Close { get; init; } = static _ => Outcome.Ok;

    public ValueTask<Outcome> OpenAsync(CalculatorContext context) => new(Open(context));

    public ValueTask<Outcome> ProcessAsync(CalculatorContext context) => Process(context);

    public ValueTask<Outcome> CloseAsync(CalculatorContext context) => new(Close(context));
}
