namespace Ovms.Options;

/// <summary>Options that <c>ovms bench</c> and <c>ovms tune</c> share.</summary>
[OptionTable(Section = "measuring: ovms bench, ovms tune")]
internal sealed partial record MeasureOptions
{
    /// <summary>Numbers of callers to measure with, one after the other, separated by commas.</summary>
    [Option("concurrency", Placeholder = "COUNT[,COUNT]")]
    public string Concurrency { get; init; } = "1,2,4,8";

    /// <summary>Print JSON instead of a table.</summary>
    [Option("json")]
    public bool Json { get; init; }
}
