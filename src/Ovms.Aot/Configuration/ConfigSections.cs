namespace Ovms.Configuration;

/// <summary>The keys at the upper levels of a configuration file.</summary>
internal static class ConfigSections
{
    /// <summary>Models, and graphs among them.</summary>
    public const string Models = "model_config_list";

    /// <summary>Graphs.</summary>
    public const string Graphs = "mediapipe_config_list";

    /// <summary>DAG pipelines.</summary>
    public const string Pipelines = "pipeline_config_list";

    /// <summary>Libraries of custom nodes.</summary>
    public const string NodeLibraries = "custom_node_library_config_list";

    /// <summary>Custom model loaders.</summary>
    public const string Loaders = "custom_loader_config_list";

    /// <summary>Metrics and other monitoring.</summary>
    public const string Monitoring = "monitoring";

    /// <summary>The one key of <see cref="Monitoring"/>.</summary>
    public const string Metrics = "metrics";

    /// <summary>The one key of an entry of <see cref="Models"/> and <see cref="Loaders"/>.</summary>
    public const string Entry = "config";

    /// <summary>Every key of the root.</summary>
    public static IReadOnlyCollection<string> All { get; } = [Models, Graphs, Pipelines, NodeLibraries, Loaders, Monitoring];
}
