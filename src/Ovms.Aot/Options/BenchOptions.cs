namespace Ovms.Options;

/// <summary>Options of <c>ovms bench</c> alone, in addition to the model's.</summary>
[OptionTable(Section = "benchmark: ovms bench")]
internal sealed partial record BenchOptions
{
    /// <summary>Seconds to measure each path (engine alone, gRPC, REST, streams) with each number of callers.</summary>
    [Option("duration", Placeholder = "SECONDS", Min = 1, Max = 3600)]
    public uint Duration { get; init; } = 10;

    /// <summary>
    /// A running server to measure instead of starting one, which may be any that speaks KServe's API: http://HOST:PORT,
    /// grpc://HOST:PORT or unix:PATH; needs model_name.
    /// </summary>
    [Option("url", Placeholder = "ADDRESS")]
    public string Url { get; init; } = "";

    /// <summary>Tokens of each prompt that a language model is measured with.</summary>
    [Option("prompt_tokens", Placeholder = "COUNT", Min = 1, Max = 1_000_000)]
    public uint PromptTokens { get; init; } = 64;

    /// <summary>Tokens of each answer of a language model.</summary>
    [Option("output_tokens", Placeholder = "COUNT", Min = 2, Max = 1_000_000)]
    public uint OutputTokens { get; init; } = 64;
}
