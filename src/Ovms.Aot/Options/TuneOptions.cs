namespace Ovms.Options;

/// <summary>Options of <c>ovms tune</c> alone, in addition to the model's.</summary>
[OptionTable(Section = "tuning: ovms tune")]
internal sealed partial record TuneOptions
{
    /// <summary>
    /// Milliseconds that 99 of 100 calls may take with every number of callers; settings that exceed them are not recommended. 0 for any.
    /// </summary>
    [Option("latency_ms", Placeholder = "P99", Max = 3_600_000)]
    public uint LatencyMs { get; init; }

    /// <summary>Seconds that the command may take. What is not measured by then is reported as not measured.</summary>
    [Option("budget_seconds", Placeholder = "SECONDS", Min = 5, Max = 86_400)]
    public uint BudgetSeconds { get; init; } = 120;
}
