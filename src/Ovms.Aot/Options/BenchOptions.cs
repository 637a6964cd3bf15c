namespace Ovms.Options;

/// <summary>Options of <c>ovms bench</c>, in addition to the model's.</summary>
[OptionTable(Section = "benchmark: ovms bench")]
internal sealed partial record BenchOptions
{
    /// <summary>Numbers of callers to measure with, one after the other, separated by commas.</summary>
    [Option("concurrency", Placeholder = "COUNT[,COUNT]")]
    public string Concurrency { get; init; } = "1,2,4,8";

    /// <summary>Seconds to measure each path (engine alone, gRPC, REST, streams) with each number of callers.</summary>
    [Option("duration", Placeholder = "SECONDS", Min = 1, Max = 3600)]
    public uint Duration { get; init; } = 10;

    /// <summary>Tokens of each prompt that a language model is measured with.</summary>
    [Option("prompt_tokens", Placeholder = "COUNT", Min = 1, Max = 1_000_000)]
    public uint PromptTokens { get; init; } = 64;

    /// <summary>Tokens of each answer of a language model.</summary>
    [Option("output_tokens", Placeholder = "COUNT", Min = 2, Max = 1_000_000)]
    public uint OutputTokens { get; init; } = 64;

    /// <summary>Print JSON instead of a table.</summary>
    [Option("json")]
    public bool Json { get; init; }
}
