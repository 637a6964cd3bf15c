namespace Ovms.Options;

/// <summary>The options of a model that generates text.</summary>
internal sealed partial record ModelOptions
{
    private const string Language = "text generation";

    /// <summary>Whether a graph gave the options of text generation. Not an option.</summary>
    public bool IsOfGraph { get; init; }

    /// <summary>
    /// What the model is served for: text_generation, or none to serve a language model's folder for inference only. Without it, a folder
    /// with a language model and its tokenizer is served for text generation.
    /// </summary>
    [Option(
        "task", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Allowed = ["text_generation", "none"],
        DefaultText = "by the files", Placeholder = "TASK", NotBesideConfigFile = true)]
    public TaskKind? Task { get; init; }

    /// <summary>Size of the KV cache in GiB; 0 for as much as the sequences can use and memory allows.</summary>
    [Option("cache_size", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "GIB", Max = 1 << 20)]
    public uint CacheSize { get; init; }

    /// <summary>Sequences that are generated at the same time; further requests wait.</summary>
    [Option("max_num_seqs", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "COUNT", Min = 1, Max = 65536)]
    public uint MaxNumSeqs { get; init; } = 256;

    /// <summary>Most tokens that one step computes; chosen by measured speed when not given.</summary>
    [Option(
        "max_num_batched_tokens", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "COUNT", Min = 1,
        Max = 1 << 20, DefaultText = "by measured speed")]
    public uint? MaxNumBatchedTokens { get; init; }

    /// <summary>Keep the computed beginnings of prompts and use them for prompts that begin alike.</summary>
    [Option(
        "enable_prefix_caching", In = Both, Change = OptionChange.ReloadsModel, Group = Language,
        Json = OptionJson.String | OptionJson.Boolean, Placeholder = "true|false")]
    public TrueFalse EnablePrefixCaching { get; init; } = TrueFalse.True;

    /// <summary>Compute long prompts in parts, beside the tokens of running answers; false computes each prompt whole and alone.</summary>
    [Option(
        "dynamic_split_fuse", In = Both, Change = OptionChange.ReloadsModel, Group = Language,
        Json = OptionJson.String | OptionJson.Boolean, Placeholder = "true|false")]
    public TrueFalse DynamicSplitFuse { get; init; } = TrueFalse.True;

    /// <summary>
    /// Precision of the KV cache: u8, u4, f16, bf16 or f32; the device's own when not given, u8 on the CPU where the size of the heads
    /// allows it. KV_CACHE_PRECISION in plugin_config means the same. With f32 the CPU computes in f32 too, which is slower; where it
    /// computes in bf16, f16 becomes bf16.
    /// </summary>
    [Option(
        "kv_cache_precision", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "PRECISION",
        Allowed = ["u8", "u4", "f16", "bf16", "f32"])]
    public string KvCachePrecision { get; init; } = "";

    /// <summary>Most tokens of a prompt; a longer one is rejected.</summary>
    [Option(
        "max_prompt_len", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "COUNT", Min = 1, Max = 1 << 24,
        DefaultText = "the model's length")]
    public uint? MaxPromptLen { get; init; }

    /// <summary>
    /// Limit on a request's tokens: max_tokens must be below it, max_completion_tokens may reach it; a request with neither gets it.
    /// </summary>
    [Option(
        "max_tokens_limit", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "COUNT", Min = 1,
        DefaultText = "unlimited")]
    public uint? MaxTokensLimit { get; init; }

    /// <summary>Most answers to a prompt: n may reach it, and so may best_of, which must equal n.</summary>
    [Option("best_of_limit", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "COUNT", Min = 1)]
    public uint BestOfLimit { get; init; } = 20;

    /// <summary>Kind of pipeline: LM for one conversation after the other, LM_CB for all at once, AUTO for the best that works.</summary>
    [Option(
        "pipeline_type", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "TYPE",
        Allowed = ["LM", "LM_CB", "VLM", "VLM_CB", "OMNI", "AUTO"])]
    public string PipelineType { get; init; } = "AUTO";

    /// <summary>
    /// How often states of convolution or linear attention are kept inside a prompt, so that later prompts that begin alike are reused up
    /// to there: after every so many times 8 blocks of the KV cache. They are also kept at the last border of a prompt. 0 = as often as
    /// their size suggests: after every block to every eighth.
    /// </summary>
    [Option(
        "cache_interval_multiplier", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "COUNT", Max = 1 << 16)]
    public uint CacheIntervalMultiplier { get; init; }

    /// <summary>Not used yet: how tool calls in answers are recognised; they stay in the text.</summary>
    [Option("tool_parser", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "NAME")]
    public string ToolParser { get; init; } = "";

    /// <summary>Not used yet: how thinking in answers is recognised; it stays in the text.</summary>
    [Option("reasoning_parser", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "NAME")]
    public string ReasoningParser { get; init; } = "";

    /// <summary>Not used yet: whether tool calls must have the form of their schema.</summary>
    [Option(
        "enable_tool_guided_generation", In = Both, Change = OptionChange.ReloadsModel, Group = Language,
        Json = OptionJson.String | OptionJson.Boolean, Placeholder = "true|false")]
    public TrueFalse EnableToolGuidedGeneration { get; init; }

    /// <summary>Rejected when set: speculative decoding with a draft model is not served yet.</summary>
    [Option("draft_source_model", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "NAME")]
    public string DraftSourceModel { get; init; } = "";

    /// <summary>Rejected when set: a language model runs on one device.</summary>
    [Option("model_distribution_policy", In = Both, Change = OptionChange.ReloadsModel, Group = Language, Placeholder = "POLICY")]
    public string ModelDistributionPolicy { get; init; } = "";
}
