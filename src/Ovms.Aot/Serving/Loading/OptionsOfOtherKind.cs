using Ovms.Options;

namespace Ovms.Serving.Loading;

/// <summary>
/// Options that belong to models of the other kind, as a sentence for the log. An option with its default counts as not given.
/// </summary>
internal static class OptionsOfOtherKind
{
    private static readonly ModelOptions s_default = new();

    /// <summary>Options of inference that were given for a model that generates text; null if there are none.</summary>
    public static string? OnText(ModelOptions written) => Sentence(
        "a language model",
        [
            ("nireq", written.Nireq != s_default.Nireq),
            ("batch_size", written.BatchSize.Length > 0),
            ("shape", written.Shape.Length > 0),
            ("layout", written.Layout.Length > 0),
            ("mean", written.Mean.Length > 0),
            ("scale", written.Scale.Length > 0),
            ("color_format", written.ColorFormat.Length > 0),
            ("precision", written.Precision.Length > 0),
            ("allow_cache", written.AllowCache),
            ("warmup", written.Warmup == WarmupRule.On),
        ]);

    /// <summary>Options of text generation that were given for a model that is served for inference; null if there are none.</summary>
    public static string? OnInference(ModelOptions written) => Sentence(
        "a model that is served for inference",
        [
            ("cache_size", written.CacheSize != s_default.CacheSize),
            ("max_num_seqs", written.MaxNumSeqs != s_default.MaxNumSeqs),
            ("max_num_batched_tokens", written.MaxNumBatchedTokens is not null),
            ("enable_prefix_caching", written.EnablePrefixCaching != s_default.EnablePrefixCaching),
            ("dynamic_split_fuse", written.DynamicSplitFuse != s_default.DynamicSplitFuse),
            ("kv_cache_precision", written.KvCachePrecision.Length > 0),
            ("max_prompt_len", written.MaxPromptLen is not null),
            ("max_tokens_limit", written.MaxTokensLimit is not null),
            ("best_of_limit", written.BestOfLimit != s_default.BestOfLimit),
            ("pipeline_type", written.PipelineType != s_default.PipelineType),
            ("cache_interval_multiplier", written.CacheIntervalMultiplier != s_default.CacheIntervalMultiplier),
            ("tool_parser", written.ToolParser.Length > 0),
            ("reasoning_parser", written.ReasoningParser.Length > 0),
            ("enable_tool_guided_generation", written.EnableToolGuidedGeneration != s_default.EnableToolGuidedGeneration),
            ("draft_source_model", written.DraftSourceModel.Length > 0),
            ("model_distribution_policy", written.ModelDistributionPolicy.Length > 0),
        ]);

    private static string? Sentence(string kind, ReadOnlySpan<(string Name, bool IsGiven)> options)
    {
        List<string> given = [];
        foreach ((string name, bool isGiven) in options)
        {
            if (isGiven)
            {
                given.Add(name);
            }
        }

        return given.Count == 0 ? null : $"{string.Join(", ", given)}: no effect on {kind}";
    }
}
