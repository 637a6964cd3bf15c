namespace Ovms.Options;

/// <summary>An entry of mediapipe_config_list.</summary>
[OptionTable(Section = "graph")]
internal sealed partial record GraphOptions
{
    /// <summary>Name that callers use for the graph.</summary>
    [Option("name", In = OptionPlace.ModelConfig, RequiredInConfig = true)]
    public string Name { get; init; } = "";

    /// <summary>Folder of the graph; when not given, the folder with the graph's name beside the file.</summary>
    [Option("base_path", In = OptionPlace.ModelConfig)]
    public string BasePath { get; init; } = "";

    /// <summary>The graph's file in its folder; graph.pbtxt when not given.</summary>
    [Option("graph_path", In = OptionPlace.ModelConfig)]
    public string GraphPath { get; init; } = "";

    /// <summary>File in the graph's folder that lists the models it uses; subconfig.json when not given.</summary>
    [Option("subconfig", In = OptionPlace.ModelConfig)]
    public string Subconfig { get; init; } = "";
}

/// <summary>An entry of pipeline_config_list.</summary>
[OptionTable(Section = "pipeline")]
internal sealed partial record PipelineOptions
{
    /// <summary>Name that callers use for the pipeline.</summary>
    [Option("name", In = OptionPlace.ModelConfig, RequiredInConfig = true)]
    public string Name { get; init; } = "";

    /// <summary>Names of the inputs of a request.</summary>
    [Option("inputs", In = OptionPlace.ModelConfig, Json = OptionJson.Array, RequiredInConfig = true)]
    public string Inputs { get; init; } = "";

    /// <summary>The nodes.</summary>
    [Option("nodes", In = OptionPlace.ModelConfig, Json = OptionJson.Array, RequiredInConfig = true)]
    public string Nodes { get; init; } = "";

    /// <summary>Outputs of the pipeline, each an item of a node.</summary>
    [Option("outputs", In = OptionPlace.ModelConfig, Json = OptionJson.Array, RequiredInConfig = true)]
    public string Outputs { get; init; } = "";

    /// <summary>Number of parts that a request is split into; -1 for the size of its first dimension.</summary>
    [Option("demultiply_count", In = OptionPlace.ModelConfig, Min = -1, Max = 10000)]
    public int? DemultiplyCount { get; init; }

    /// <summary>Answer with 0 in the gathered dimension, in place of an error, if a demultiplexer of dynamic count has nothing.</summary>
    [Option("empty_result_on_no_detections", In = OptionPlace.ModelConfig)]
    public bool EmptyResultOnNoDetections { get; init; }
}

/// <summary>An entry of custom_node_library_config_list.</summary>
[OptionTable(Section = "custom node library")]
internal sealed partial record LibraryOptions
{
    /// <summary>Name by which nodes of pipelines refer to the library.</summary>
    [Option("name", In = OptionPlace.ModelConfig, RequiredInConfig = true)]
    public string Name { get; init; } = "";

    /// <summary>The library.</summary>
    [Option("base_path", In = OptionPlace.ModelConfig, RequiredInConfig = true)]
    public string BasePath { get; init; } = "";
}

/// <summary>The config of an entry of custom_loader_config_list.</summary>
[OptionTable(Section = "custom loader")]
internal sealed partial record LoaderOptions
{
    /// <summary>Name by which models refer to the loader.</summary>
    [Option("loader_name", In = OptionPlace.ModelConfig, RequiredInConfig = true)]
    public string LoaderName { get; init; } = "";

    /// <summary>The library.</summary>
    [Option("library_path", In = OptionPlace.ModelConfig, RequiredInConfig = true)]
    public string LibraryPath { get; init; } = "";

    /// <summary>Configuration file of the library.</summary>
    [Option("loader_config_file", In = OptionPlace.ModelConfig)]
    public string LoaderConfigFile { get; init; } = "";
}

/// <summary>The object monitoring.metrics.</summary>
[OptionTable(Section = "metrics")]
internal sealed partial record MetricsOptions
{
    /// <summary>Serve metrics at GET /metrics.</summary>
    [Option("enable", In = OptionPlace.ModelConfig, RequiredInConfig = true)]
    public bool Enable { get; init; }

    /// <summary>Names of the metric families to show; the default ones when not given.</summary>
    [Option("metrics_list", In = OptionPlace.ModelConfig, Json = OptionJson.Array)]
    public string MetricsList { get; init; } = "";
}
