namespace Ovms.Options;

/// <content>How models are compiled and served, where their entries in config.json say nothing else.</content>
internal sealed partial record ServerOptions
{
    /// <summary>
    /// Whether a model computes once with zeros before it is served, so that one that its device cannot compute is not: auto (if another
    /// device than the CPU may compute it), on or off. A model's entry in config.json may override it.
    /// </summary>
    [Option("warmup", Placeholder = "WHEN", Error = "warmup should be one of: auto, on, off")]
    public WarmupRule Warmup { get; init; } = WarmupRule.Auto;

    /// <summary>
    /// Whether models follow their load: if calls wait, a model is compiled once more for many calls at a time, and a lone caller gets the
    /// first form again. Only where the target device, plugin_config and nireq leave the choice to the server. A model's entry in
    /// config.json may override it.
    /// </summary>
    [Option("adaptive", Placeholder = "RULE", Error = "adaptive should be one of: on, off")]
    public AdaptiveRule Adaptive { get; init; } = AdaptiveRule.On;

    /// <summary>
    /// The most rows that are computed at once for calls that wait: from 2 to 1024, or off. Waiting calls of a model whose first dimension
    /// is the batch are computed together where that is measured faster. Only where adaptive is on. Last bits of an answer may depend on
    /// the calls beside it. A model's entry in config.json may override it.
    /// </summary>
    [Option("adaptive_batch", Placeholder = "ROWS")]
    public BatchLimit AdaptiveBatch { get; init; } = BatchLimit.Of("32");

    /// <summary>Memory that the forms for many calls of all models may take together, in MiB.</summary>
    [Option("adaptive_memory", Placeholder = "MIB", Max = 1 << 24, DefaultText = "a quarter of what is free when it is needed")]
    public uint? AdaptiveMemory { get; init; }
}
