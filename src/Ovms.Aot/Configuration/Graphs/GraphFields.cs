using Ovms.Options;
using Ovms.Options.Parsing;
using Ovms.Status;

namespace Ovms.Configuration.Graphs;

/// <summary>The fields of LLMCalculatorOptions that are options of a language model, with the ranges of these.</summary>
internal static class GraphFields
{
    /// <summary>What a field of text takes.</summary>
    public const string AText = "a text in quotes";

    // In the order of the original's enumeration, by which a number means one.
    private static readonly string[] s_pipelines = ["LM", "VLM", "LM_CB", "VLM_CB", "OMNI", "AUTO"];

    private static readonly Dictionary<string, Field> s_fields = new(StringComparer.Ordinal)
    {
        ["device"] = Text(static (model, text) => model with { TargetDevice = text }),
        ["plugin_config"] = Text(static (model, text) => model with { PluginConfig = text }),
        ["tool_parser"] = Text(static (model, text) => model with { ToolParser = text }),
        ["reasoning_parser"] = Text(static (model, text) => model with { ReasoningParser = text }),
        ["pipeline_type"] = new(
            $"one of {string.Join(", ", s_pipelines)}",
            static (field, model) => PipelineOf(field) is { } kind ? model with { PipelineType = kind } : null),
        ["cache_size"] = Count("cache_size", static (model, count) => model with { CacheSize = count }),
        ["max_num_seqs"] = Count("max_num_seqs", static (model, count) => model with { MaxNumSeqs = count }),
        ["max_num_batched_tokens"] =
            Count("max_num_batched_tokens", static (model, count) => model with { MaxNumBatchedTokens = count }),
        ["max_tokens_limit"] = Count("max_tokens_limit", static (model, count) => model with { MaxTokensLimit = count }),
        ["best_of_limit"] = Count("best_of_limit", static (model, count) => model with { BestOfLimit = count }),
        ["cache_interval_multiplier"] =
            Count("cache_interval_multiplier", static (model, count) => model with { CacheIntervalMultiplier = count }),
        ["dynamic_split_fuse"] = Flag(static (model, flag) => model with { DynamicSplitFuse = flag }),
        ["enable_prefix_caching"] = Flag(static (model, flag) => model with { EnablePrefixCaching = flag }),
        ["enable_tool_guided_generation"] = Flag(static (model, flag) => model with { EnableToolGuidedGeneration = flag }),
    };

    /// <summary>Sets the option that a field stands for.</summary>
    /// <returns>The options; or what the field takes, or which field was probably meant.</returns>
    public static Outcome<ModelOptions> Apply(ProtoField field, ModelOptions model)
    {
        if (s_fields.TryGetValue(field.Name, out Field? known))
        {
            return known.Set(field, model) is { } changed ? changed : WrongValue(field, known.Takes);
        }

        string? nearest = NearestName.Of(field.Name, s_fields.Keys.Append(LanguageGraph.ModelsPath));
        return Outcome.Fail(
            StatusCode.GraphInvalid,
            $"{LanguageGraph.OptionsType} has no field {Shown.Bounded(field.Name)}"
                + (nearest is null ? "" : $"; did you mean {nearest}?"));
    }

    /// <summary>The fault of a field whose value it does not take.</summary>
    public static Outcome WrongValue(ProtoField field, string takes) => Outcome.Fail(
        StatusCode.GraphInvalid,
        $"{field.Name} is {takes}; got {(field.Scalar is { } scalar ? Shown.Bounded(scalar) : "a message")}");

    private static Field Text(Func<ModelOptions, string, ModelOptions> set) =>
        new(AText, (field, model) => field.AsText() is { } text ? set(model, text) : null);

    private static Field Flag(Func<ModelOptions, TrueFalse, ModelOptions> set) => new(
        "true or false", (field, model) => field.AsFlag() is { } flag ? set(model, flag ? TrueFalse.True : TrueFalse.False) : null);

    private static Field Count(string option, Func<ModelOptions, uint, ModelOptions> set)
    {
        OptionRow row = Array.Find(ModelOptions.Rows, row => row.Name == option)!;
        ulong least = (ulong)Math.Max(row.Min, 0);
        ulong most = Math.Min((ulong)row.Max, uint.MaxValue);
        return new(
            $"a whole number from {least} to {most}",
            (field, model) => field.AsCount() is { } count && count >= least && count <= most ? set(model, (uint)count) : null);
    }

    private static string? PipelineOf(ProtoField field) =>
        s_pipelines.Contains(field.Scalar) ? field.Scalar
        : field.AsCount() is { } number && number < (ulong)s_pipelines.Length ? s_pipelines[number]
        : null;

    // Null for a value that it does not take.
    private sealed record Field(string Takes, Func<ProtoField, ModelOptions, ModelOptions?> Set);
}
