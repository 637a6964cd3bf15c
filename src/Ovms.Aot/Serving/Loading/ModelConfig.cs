using Ovms.Devices;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Preparation;
using Ovms.Serving.Sequences;
using Ovms.Status;

namespace Ovms.Serving.Loading;

/// <summary>What was set about one model, every text read. Nothing in it was looked up on disk or on a device.</summary>
internal sealed record ModelConfig
{
    /// <summary>The name it is served under.</summary>
    public required string Name { get; init; }

    /// <summary>Where its versions or files are.</summary>
    public required string BasePath { get; init; }

    /// <summary>Whether links in the base path may lead out of it.</summary>
    public bool AllowOutsidePaths { get; init; }

    /// <summary>Which versions are wanted.</summary>
    public required VersionPolicy Versions { get; init; }

    /// <summary>What is done to its inputs and outputs.</summary>
    public required ModelSettings Settings { get; init; }

    /// <summary>Where it runs.</summary>
    public required TargetDevice Device { get; init; }

    /// <summary>What the device is told.</summary>
    public required PluginConfig Plugin { get; init; }

    /// <summary>Number of infer requests; 0 = what the compiled model finds optimal.</summary>
    public required int Nireq { get; init; }

    /// <summary>How many calls may wait for an infer request.</summary>
    public required int QueueSize { get; init; }

    /// <summary>What holds for its sequences; null for a model that is not served as a stateful one.</summary>
    public SequenceSettings? Sequences { get; init; }

    /// <summary>Folder for compiled models; empty = none.</summary>
    public required string CacheDir { get; init; }

    /// <summary>How long a version may take to load; null for any time.</summary>
    public TimeSpan? LoadTimeout { get; init; }

    /// <summary>The texts it was read from.</summary>
    public required ModelOptions Written { get; init; }

    /// <summary>Whether a servable made under the other config serves as well under this one: all that decides about the compiled model is the same.</summary>
    /// <remarks>
    /// The texts are compared, not what they mean: an option that is added counts at once, and the same thing written otherwise costs one
    /// compilation. The version policy chooses among versions and the time limit among loads; they change none.
    /// </remarks>
    public bool CompilesLike(ModelConfig other) =>
        ReferenceEquals(this, other)
        || (CacheDir == other.CacheDir && QueueSize == other.QueueSize && Effect(Written) == Effect(other.Written));

    /// <summary>Reads the options' texts.</summary>
    /// <returns>The config, or the first text that cannot be read.</returns>
    public static Outcome<ModelConfig> From(ModelOptions model, ServerOptions server)
    {
        Outcome<TargetDevice> device = model.TargetDevice.Length == 0 ? TargetDevice.Cpu : TargetDevice.Parse(model.TargetDevice);
        Outcome<PluginConfig> plugin = model.PluginConfig.Length == 0 ? PluginConfig.Empty : PluginConfig.Parse(model.PluginConfig);
        Outcome<VersionPolicy> versions = model.ModelVersionPolicy.Length == 0 ? VersionPolicy.Default : VersionPolicy.Parse(model.ModelVersionPolicy);
        Outcome<ModelSettings> settings = ModelSettings.Parse(model);
        // The command line refuses it before; a configuration file leaves it to the model, which then stands alone with its fault.
        Outcome nireq = model.Nireq <= ModelOptions.MaxNireq ? Outcome.Ok : Outcome.Fail(StatusCode.InvalidNireq, $"nireq is a whole number from 0 to {ModelOptions.MaxNireq}; came {model.Nireq}.");
        Outcome loader = model.CustomLoaderOptions.Length == 0
            ? Outcome.Ok
            : Outcome.Fail(StatusCode.ModelConfigInvalid, "custom_loader_options: custom loaders are not loaded, models are read from files; leave the key out to read this one from its base_path.");
        Outcome<SequenceSettings?> sequences = device.IsOk ? SequenceSettings.From(model, device.Value) : device.WithoutValue;
        Outcome path = server.AllowOutsidePaths ? Outcome.Ok : PathFence.CheckText(model.ModelPath);
        Outcome[] all = [path, nireq, loader, device.WithoutValue, plugin.WithoutValue, versions.WithoutValue, sequences.WithoutValue, settings.WithoutValue];
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
                // Each variant would be kept, and there may be any number of them.
                CacheDir = settings.Value!.IsAuto && !model.AllowCache ? "" : server.CacheDir,
                LoadTimeout = (model.LoadTimeoutSeconds ?? server.LoadTimeoutSeconds) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
                Written = model,
            };
    }

    private static ModelOptions Effect(ModelOptions written) => written with { ModelVersionPolicy = "", LoadTimeoutSeconds = null };
}
