using Ovms.Devices;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>The settings of a model that generates text, with every text parsed.</summary>
internal sealed record LanguageSettings
{
    private const string PrecisionKey = "KV_CACHE_PRECISION";

    // As in the original server.
    private const int BlocksOfMultiplier = 8;

    /// <summary>The devices to choose one from.</summary>
    public required TargetDevice Device { get; init; }

    /// <summary>The plugin properties; the KV cache's precision is among them if it was given.</summary>
    public required PluginConfig Plugin { get; init; }

    /// <summary>Bytes of the KV cache; 0 = as many as sequences can use and memory allows.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Sequences that are generated at the same time.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>Most tokens of a step; null = by measured speed.</summary>
    public required int? MaxBatchedTokens { get; init; }

    /// <summary>Whether computed beginnings of prompts are kept.</summary>
    public required bool CachesPrefixes { get; init; }

    /// <summary>Blocks between two states beside the KV cache that are kept inside a prompt; null = as their size suggests.</summary>
    public required int? StateInterval { get; init; }

    /// <summary>Whether prompts are computed in parts beside running answers.</summary>
    public required bool SplitsPrompts { get; init; }

    /// <summary>Whether one conversation after the other is asked for.</summary>
    public required bool IsStateful { get; init; }

    /// <summary>The limit on a prompt's tokens; null = none but the model's.</summary>
    public required int? MaxPromptTokens { get; init; }

    /// <summary>The limit on a request's tokens; null = none.</summary>
    public required int? MaxTokensLimit { get; init; }

    /// <summary>The limit on a request's answers to a prompt.</summary>
    public required int BestOfLimit { get; init; }

    /// <summary>Whether one version of the model is served, so that another one takes its place.</summary>
    public required bool IsOnlyVersion { get; init; }

    /// <summary>Whether a graph gave the options.</summary>
    public required bool IsOfGraph { get; init; }

    /// <summary>Options that have no effect, or none yet, as a sentence for the log; null = none.</summary>
    public required string? Warning { get; init; }

    /// <summary>Whether a model's files are served for text generation: asked for, or the files of a language model.</summary>
    public static bool AreFor(ModelConfig config, ModelFile file) => config.Written.Task switch
    {
        TaskKind.TextGeneration => true,
        TaskKind.None => false,
        _ => IsLanguageModel(file) && FolderOf(file).IsComplete,
    };

    /// <summary>
    /// What a model lacks that is served for inference only because its tokenizer is not there, with the command that makes it; null for
    /// other models and where the task says what is wanted.
    /// </summary>
    public static string? LackOf(ModelConfig config, ModelFile file) =>
        config.Written.Task is not (TaskKind.TextGeneration or TaskKind.None)
        && IsLanguageModel(file)
        && FolderOf(file).Check() is { IsOk: false } lack
            ? $"it is served for inference and generates no text. {lack.Detail} With task none it is served as it is, without this warning."
            : null;

    private static bool IsLanguageModel(ModelFile file) =>
        file.Format == ModelFormat.OpenVinoIr
        && Path.GetFileName(file.Path) == LanguageFiles.Model
        && file.Ir is { } ir
        && ir.OutputNames.Contains("logits")
        && (ir.InputNames.Contains("beam_idx") || ir.KeepsState);

    private static LanguageFolder FolderOf(ModelFile file) => new(Path.GetDirectoryName(file.Path)!);

    /// <summary>Parses the options.</summary>
    /// <returns>The settings, or the first option that cannot be followed.</returns>
    public static Outcome<LanguageSettings> From(ModelConfig config)
    {
        ModelOptions written = config.Written;
        Outcome<PluginConfig> plugin = WithPrecision(config.Plugin, written.KvCachePrecision);
        return Refusal(written, config.Device, config.Plugin) is { } refusal
            ? Outcome.Fail(StatusCode.ModelConfigInvalid, refusal)
            : !plugin.IsOk
            ? plugin.WithoutValue
            : new LanguageSettings
            {
                Device = config.Device,
                Plugin = plugin.Value,
                CacheBytes = (long)written.CacheSize << 30,
                MaxSequences = (int)written.MaxNumSeqs,
                MaxBatchedTokens = (int?)written.MaxNumBatchedTokens,
                CachesPrefixes = written.EnablePrefixCaching == TrueFalse.True,
                StateInterval = written.CacheIntervalMultiplier == 0 ? null : (int)written.CacheIntervalMultiplier * BlocksOfMultiplier,
                SplitsPrompts = written.DynamicSplitFuse == TrueFalse.True,
                IsStateful = written.PipelineType == "LM",
                MaxPromptTokens = (int?)written.MaxPromptLen,
                MaxTokensLimit = written.MaxTokensLimit is { } limit ? (int)Math.Min(limit, int.MaxValue) : null,
                BestOfLimit = (int)Math.Min(written.BestOfLimit, int.MaxValue),
                IsOnlyVersion = config.Versions.IsSingle,
                IsOfGraph = written.IsOfGraph,
                Warning = WarningOf(written),
            };
    }

    private static string? Refusal(ModelOptions written, TargetDevice device, PluginConfig plugin) =>
        written.DraftSourceModel.Length > 0
            ? "draft_source_model: speculative decoding is not served yet; leave the option out."
        : plugin.Properties.Any(static property => property.Key == "prompt_lookup")
            ? "plugin_config: prompt_lookup is speculative decoding, which is not served yet; leave it out."
        : plugin.Properties.Any(static property => property.Key == "MODEL_DISTRIBUTION_POLICY")
            ? "plugin_config: MODEL_DISTRIBUTION_POLICY: a language model runs on one device; leave it out and name one device as "
                + "target_device."
        : written.ModelDistributionPolicy.Length > 0
            ? $"model_distribution_policy: a language model runs on one device; leave {written.ModelDistributionPolicy} out and name one "
                + "device as target_device."
        : written.PipelineType is "VLM" or "VLM_CB" or "OMNI"
            ? $"pipeline_type: {written.PipelineType} takes images or speech, which is not served yet; use LM, LM_CB or AUTO."
        : device.Mode is DeviceMode.Hetero or DeviceMode.Multi or DeviceMode.Batch
            ? $"target_device: a language model runs on one device, not on {device.Text}; use CPU, GPU, NPU or AUTO."
        : written.Stateful
            ? "stateful: a language model keeps its conversations itself; leave the option out."
        : null;

    private static string? WarningOf(ModelOptions written)
    {
        string[] unused =
        [
            .. written.ToolParser.Length > 0 ? [$"tool_parser {written.ToolParser} (tool calls stay in the text)"] : Array.Empty<string>(),
            .. written.ReasoningParser.Length > 0
                ? [$"reasoning_parser {written.ReasoningParser} (thinking stays in the text)"]
                : Array.Empty<string>(),
            .. written.EnableToolGuidedGeneration == TrueFalse.True
                ? ["enable_tool_guided_generation (tool calls are not held to their schema)"]
                : Array.Empty<string>(),
        ];
        string?[] sentences =
            [unused.Length == 0 ? null : $"not used yet: {string.Join(", ", unused)}", OptionsOfOtherKind.OnText(written)];
        string warning = string.Join("; ", sentences.OfType<string>());
        return warning.Length == 0 ? null : warning;
    }

    // One precision, whichever way it was given. Paged attention of the CPU keeps a cache of f32 only where it computes in f32.
    private static Outcome<PluginConfig> WithPrecision(PluginConfig plugin, string precision)
    {
        string? given = plugin.Properties.Where(static property => property.Key == PrecisionKey)
            .Select(static property => property.Value)
            .FirstOrDefault();
        if (precision.Length > 0 && given is not null && !string.Equals(given, precision, StringComparison.OrdinalIgnoreCase))
        {
            return Outcome.Fail(
                StatusCode.PluginConfigConflictingParameters,
                $"kv_cache_precision is {precision}, but plugin_config sets {PrecisionKey} to {given}; give one of them.");
        }

        List<DeviceProperty> added = [];
        if (precision.Length > 0 && given is null)
        {
            added.Add(new DeviceProperty(PrecisionKey, precision));
        }

        bool saysInference = plugin.Properties.Any(
            static property => property.Key is "INFERENCE_PRECISION_HINT" or "EXECUTION_MODE_HINT");
        if (string.Equals(given ?? precision, "f32", StringComparison.OrdinalIgnoreCase) && !saysInference)
        {
            added.Add(new DeviceProperty("INFERENCE_PRECISION_HINT", "f32"));
        }

        return added.Count == 0 ? plugin : plugin with { Properties = [.. plugin.Properties, .. added] };
    }
}
