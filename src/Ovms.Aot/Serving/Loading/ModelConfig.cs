using Ovms.Devices;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Serving.Sequences;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>The settings of one model, with every text parsed. Nothing is checked against a disk or a device.</summary>
internal sealed record ModelConfig
{
    /// <summary>The name it is served under.</summary>
    public required string Name { get; init; }

    /// <summary>The folder of its versions or files.</summary>
    public required string BasePath { get; init; }

    /// <summary>Whether symbolic links may lead out of the base path.</summary>
    public bool AllowOutsidePaths { get; init; }

    /// <summary>The policy that selects versions.</summary>
    public required VersionPolicy Versions { get; init; }

    /// <summary>The settings of its inputs and outputs.</summary>
    public required ModelSettings Settings { get; init; }

    /// <summary>The device it runs on.</summary>
    public required TargetDevice Device { get; init; }

    /// <summary>The devices that were asked for, if those that have trouble were left out of <see cref="Device"/>; else null.</summary>
    public TargetDevice? Asked { get; init; }

    /// <summary>The plugin properties for the device.</summary>
    public required PluginConfig Plugin { get; init; }

    /// <summary>Number of infer requests; 0 = the optimal number reported by the compiled model.</summary>
    public required int Nireq { get; init; }

    /// <summary>How many calls may wait for an infer request.</summary>
    public required int QueueSize { get; init; }

    /// <summary>The settings of its sequences; null if it is not served as a stateful model.</summary>
    public SequenceSettings? Sequences { get; init; }

    /// <summary>Folder for cached compiled models; empty = no cache.</summary>
    public required string CacheDir { get; init; }

    /// <summary>The time limit of a load; null = unlimited.</summary>
    public TimeSpan? LoadTimeout { get; init; }

    /// <summary>Whether it computes once with zeros before it is served.</summary>
    public bool WarmsUp { get; init; }

    /// <summary>Whether it may be compiled once more for many calls at a time: nothing that was given decides its form.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>The most rows of waiting calls that may be computed at once; 0 = each call is computed alone.</summary>
    public int LargestBatch { get; init; }

    /// <summary>What it is composed of; null for a model.</summary>
    public ComposedSettings? Composition { get; init; }

    /// <summary>The options from which these settings were parsed.</summary>
    public required ModelOptions Written { get; init; }

    /// <summary>
    /// Whether a servable loaded with the other settings is valid for these: everything that affects the compiled model is equal.
    /// </summary>
    /// <remarks>
    /// The options' texts are compared, not their meaning. New options are therefore included automatically, and a different spelling
    /// costs one compilation. The version policy, the load's time limit and the warm-up do not affect a loaded model.
    /// </remarks>
    public bool CompilesLike(ModelConfig other) =>
        ReferenceEquals(this, other)
        || (IsComposedLike(other) && CacheDir == other.CacheDir
            && QueueSize == other.QueueSize && Effect(Written) == Effect(other.Written));

    /// <summary>Parses the options.</summary>
    /// <returns>The settings, or the first fault.</returns>
    public static Outcome<ModelConfig> From(ModelOptions model, ServerOptions server)
    {
        Outcome<TargetDevice> device = model.TargetDevice.Length == 0 ? TargetDevice.Cpu : TargetDevice.Parse(model.TargetDevice);
        Outcome<PluginConfig> plugin = model.PluginConfig.Length == 0 ? PluginConfig.Empty : PluginConfig.Parse(model.PluginConfig);
        Outcome<VersionPolicy> versions = model.ModelVersionPolicy.Length == 0
            ? VersionPolicy.Default
            : VersionPolicy.Parse(model.ModelVersionPolicy);
        Outcome<ModelSettings> settings = ModelSettings.Parse(model);
        // The command line rejects such a value earlier. In a configuration file it only fails the one model.
        Outcome nireq = model.Nireq <= ModelOptions.MaxNireq
            ? Outcome.Ok
            : Outcome.Fail(StatusCode.InvalidNireq, $"nireq is a whole number from 0 to {ModelOptions.MaxNireq}; Actual: {model.Nireq}.");
        Outcome values = model.Refused.Length == 0 ? Outcome.Ok : Outcome.Fail(StatusCode.ModelConfigInvalid, model.Refused);
        Outcome loader = model.CustomLoaderOptions.Length == 0
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                "custom_loader_options: custom loaders are not loaded, models are read from files; "
                    + "leave the key out to read this one from its base_path.");
        Outcome<SequenceSettings?> sequences = device.IsOk ? SequenceSettings.From(model, device.Value) : device.WithoutValue;
        Outcome path = server.AllowOutsidePaths ? Outcome.Ok : PathFence.CheckText(model.ModelPath);
        Outcome[] all =
        [
            path, nireq, values, loader, device.WithoutValue, plugin.WithoutValue, versions.WithoutValue, sequences.WithoutValue,
            settings.WithoutValue,
        ];
        Outcome failure = all.FirstOrDefault(static outcome => !outcome.IsOk);
        return !failure.IsOk
            ? failure
            : new ModelConfig
            {
                Name = model.ModelName,
                BasePath = model.ModelPath,
                AllowOutsidePaths = server.AllowOutsidePaths,
                Versions = versions.Value!,
                Settings = settings.Value!,
                Device = device.Value!,
                Plugin = plugin.Value!,
                Nireq = (int)model.Nireq,
                QueueSize = (int)server.InferQueueSize,
                Sequences = sequences.Value,
                // With auto, every variant would be cached on disk, without a bound on their number.
                CacheDir = settings.Value!.IsAuto && !model.AllowCache ? "" : server.CacheDir,
                LoadTimeout = (model.LoadTimeoutSeconds ?? server.LoadTimeoutSeconds) is > 0 and var seconds
                    ? TimeSpan.FromSeconds(seconds)
                    : null,
                WarmsUp = (model.Warmup ?? server.Warmup) switch
                {
                    WarmupRule.Auto => !device.Value!.HasOnlyCpu,
                    WarmupRule.On => true,
                    _ => false,
                },
                IsAdaptive = (model.Adaptive ?? server.Adaptive) == AdaptiveRule.On
                    && plugin.Value is { Properties.IsEmpty: true, Sections.IsEmpty: true }
                    && model is { Nireq: 0, Stateful: false } && !settings.Value!.IsAuto,
                LargestBatch = (model.AdaptiveBatch ?? server.AdaptiveBatch).Rows,
                Written = model,
            };
    }

    /// <summary>The settings of a servable that is composed of others.</summary>
    public static ModelConfig Of(ComposedSettings composition, ServerOptions server) => new()
    {
        Name = composition.Name,
        BasePath = "",
        Versions = VersionPolicy.Default,
        Settings = ModelSettings.Parse(new ModelOptions()).Value!,
        Device = TargetDevice.Cpu,
        Plugin = PluginConfig.Empty,
        Nireq = 0,
        QueueSize = 0,
        CacheDir = "",
        LoadTimeout = server.LoadTimeoutSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        Written = new ModelOptions { ModelName = composition.Name },
        Composition = composition,
    };

    /// <summary>Finds settings of inputs and outputs that a version's file does not have: see <see cref="NamedPorts"/>.</summary>
    public IEnumerable<Outcome> UnknownPorts(ModelFile file) => NamedPorts.Unknown(Settings, file);

    private bool IsComposedLike(ModelConfig other) => Composition is null
        ? other.Composition is null
        : other.Composition is { } composition && Composition.IsLike(composition);

    private static ModelOptions Effect(ModelOptions written) => written with
    {
        ModelVersionPolicy = "",
        LoadTimeoutSeconds = null,
        Warmup = null,
    };
}
