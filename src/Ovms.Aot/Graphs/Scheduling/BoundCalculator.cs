namespace Ovms.Graphs.Scheduling;

/// <summary>A calculator with the options and ports of one node, ready to run.</summary>
/// <param name="Contract">What it promises and asks for.</param>
/// <param name="Create">
/// Makes the calculator of one running graph. A calculator without state between calls may be one object for all of them.
/// </param>
internal sealed record BoundCalculator(CalculatorContract Contract, Func<ICalculator> Create);
