namespace Ovms.Options;

/// <summary>
/// Options of one model, from the command line or a model's entry of config.json. Values with their own grammar (shapes, layouts, devices,
/// JSON objects) stay text here. Their users parse them, and an error there is the model's, not a usage error.
/// </summary>
[OptionTable(Section = "single model")]
internal sealed partial record ModelOptions
{
    /// <summary>The largest accepted number of infer requests.</summary>
    public const int MaxNireq = 100000;

    private const OptionPlace Both = OptionPlace.Cli | OptionPlace.ModelConfig;

    /// <summary>
    /// What is wrong with values of the model's entry in a configuration file; empty if nothing is. Not an option: the command line ends
    /// the process, but a file has other models, so that only this one fails.
    /// </summary>
    public string Refused { get; init; } = "";

    /// <summary>Name that callers use for the model.</summary>
    [Option(
        "model_name", ConfigName = "name", In = Both, Change = OptionChange.ReloadsModel, RequiredInConfig = true,
        Placeholder = "NAME")]
    public string ModelName { get; init; } = "";

    /// <summary>
    /// Folder with numbered version folders, folder of one model, or a model file; also in an object store: s3://, az://, azfs://,
    /// gs://.
    /// </summary>
    [Option("model_path", ConfigName = "base_path", In = Both, Change = OptionChange.ReloadsModel, Placeholder = "PATH")]
    public string ModelPath { get; init; } = "";

    /// <summary>
    /// Versions to serve, as JSON: {"latest": {"num_versions": 2}}, {"specific": {"versions": [1, 3]}} or {"all": {}}; the latest one
    /// when not given.
    /// </summary>
    [Option(
        "model_version_policy", In = Both, Change = OptionChange.ChoosesVersions, NotBesideConfigFile = true,
        Json = OptionJson.Object, Placeholder = "JSON")]
    public string ModelVersionPolicy { get; init; } = "";

    /// <summary>Device to run on: CPU, GPU, GPU.1, NPU, AUTO, AUTO:GPU,CPU, HETERO:GPU,CPU, MULTI:GPU,CPU, BATCH:CPU(16).</summary>
    [Option("target_device", In = Both, Change = OptionChange.ReloadsModel, NotBesideConfigFile = true, Placeholder = "DEVICE")]
    public string TargetDevice { get; init; } = "CPU";

    /// <summary>Properties for the device plugin, as a JSON object: {"PERFORMANCE_HINT": "THROUGHPUT"}.</summary>
    [Option(
        "plugin_config", In = Both, Change = OptionChange.ReloadsModel, NotBesideConfigFile = true, Json = OptionJson.Object,
        Placeholder = "JSON")]
    public string PluginConfig { get; init; } = "";

    /// <summary>Number of inferences that run at the same time; 0 for the device's optimum.</summary>
    [Option(
        "nireq", In = Both, Change = OptionChange.ReloadsModel, NotBesideConfigFile = true, ZeroBesideConfigFile = true,
        Placeholder = "COUNT", Max = MaxNireq, Error = "Nireq parameter too high")]
    public uint Nireq { get; init; }

    /// <summary>
    /// Batch size: a number, -1 for any, or a range as in 1:16. With auto, each new batch size is compiled on first use and cached. The
    /// model's own when not given.
    /// </summary>
    [Option(
        "batch_size", In = Both, Change = OptionChange.ReloadsModel, NotBesideConfigFile = true,
        Json = OptionJson.String | OptionJson.Number, Placeholder = "SIZE")]
    public string BatchSize { get; init; } = "";

    /// <summary>
    /// Shape: (1,3,224,224), with -1 or ranges as in (1,3,-1,224:512), or a JSON object of shapes by input name. With auto, each new shape
    /// is compiled on first use and cached.
    /// </summary>
    [Option(
        "shape", In = Both, Change = OptionChange.ReloadsModel, NotBesideConfigFile = true,
        Json = OptionJson.String | OptionJson.Object, Placeholder = "SHAPE")]
    public string Shape { get; init; } = "";

    /// <summary>Layout: NHWC, or NHWC:NCHW (what clients send : what the model has), or a JSON object of layouts by port name.</summary>
    [Option("layout", In = Both, Change = OptionChange.ReloadsModel, Json = OptionJson.String | OptionJson.Object, Placeholder = "LAYOUT")]
    public string Layout { get; init; } = "";

    /// <summary>Mean to subtract from the input: a number or one per channel as in [123.7,116.3,103.5]; needs layout.</summary>
    [Option(
        "mean", In = Both, Change = OptionChange.ReloadsModel, Json = OptionJson.String | OptionJson.Number | OptionJson.Array,
        Placeholder = "MEAN")]
    public string Mean { get; init; } = "";

    /// <summary>Scale to divide the input by: a number or one per channel as in [58.4,57.1,57.4]; needs layout.</summary>
    [Option(
        "scale", In = Both, Change = OptionChange.ReloadsModel, Json = OptionJson.String | OptionJson.Number | OptionJson.Array,
        Placeholder = "SCALE")]
    public string Scale { get; init; } = "";

    /// <summary>
    /// Colour conversion of the input as in RGB:BGR (what the model has : what arrives); RGB, BGR, GRAY, NV12, NV12_2, I420, I420_3;
    /// needs layout.
    /// </summary>
    [Option("color_format", In = Both, Change = OptionChange.ReloadsModel, Placeholder = "FORMAT")]
    public string ColorFormat { get; init; } = "";

    /// <summary>Precision conversion of the input as in FP32:UINT8 (what the model has : what arrives); needs layout.</summary>
    [Option("precision", In = Both, Change = OptionChange.ReloadsModel, Placeholder = "PRECISION")]
    public string Precision { get; init; } = "";

    /// <summary>
    /// Keep compiled models in cache_dir also where batch_size or shape is auto: one for each shape that calls ever used.
    /// </summary>
    [Option("allow_cache", In = OptionPlace.ModelConfig, Change = OptionChange.ReloadsModel)]
    public bool AllowCache { get; init; }

    /// <summary>Seconds that a version may take to load; 0 for any time; the server's load_timeout_seconds when not given.</summary>
    [Option(
        "load_timeout_seconds",
        In = OptionPlace.ModelConfig,
        Change = OptionChange.NextLoad,
        Max = ServerOptions.MaxLoadTimeoutSeconds,
        DefaultText = "the server's")]
    public uint? LoadTimeoutSeconds { get; init; }

    /// <summary>As the server's warmup, for this model: auto, on or off; the server's warmup when not given.</summary>
    [Option("warmup", In = OptionPlace.ModelConfig, Change = OptionChange.NextLoad, DefaultText = "the server's")]
    public WarmupRule? Warmup { get; init; }

    /// <summary>As the server's adaptive, for this model: on or off; the server's adaptive when not given.</summary>
    [Option("adaptive", In = OptionPlace.ModelConfig, Change = OptionChange.ReloadsModel, DefaultText = "the server's")]
    public AdaptiveRule? Adaptive { get; init; }

    /// <summary>As the server's adaptive_batch, for this model: a number or off; the server's adaptive_batch when not given.</summary>
    [Option(
        "adaptive_batch", In = OptionPlace.ModelConfig, Change = OptionChange.ReloadsModel, DefaultText = "the server's",
        Json = OptionJson.String | OptionJson.Number)]
    public BatchLimit? AdaptiveBatch { get; init; }

    /// <summary>Options of a custom loader; custom loaders are not supported, and a model with this option is not served.</summary>
    [Option("custom_loader_options", In = OptionPlace.ModelConfig, Change = OptionChange.ReloadsModel, Json = OptionJson.Object)]
    public string CustomLoaderOptions { get; init; } = "";

    /// <summary>File of a MediaPipe graph in base_path, graph.pbtxt when not given; an entry with a graph is not a model.</summary>
    [Option("graph_path", In = OptionPlace.ModelConfig, Change = OptionChange.ReloadsModel)]
    public string GraphPath { get; init; } = "";

    /// <summary>File in a graph's base_path that lists the models it uses; subconfig.json when not given.</summary>
    [Option("subconfig", In = OptionPlace.ModelConfig, Change = OptionChange.ReloadsModel)]
    public string Subconfig { get; init; } = "";

    /// <summary>Serve a model that keeps state between the calls of a sequence; CPU only.</summary>
    [Option("stateful", In = Both, Change = OptionChange.ReloadsModel, Group = "stateful model")]
    public bool Stateful { get; init; }

    /// <summary>
    /// Rejected when set: OpenVINO's C API cannot do it; apply the low latency transformation when the model is converted.
    /// </summary>
    [Option(
        "low_latency_transformation", In = Both, Change = OptionChange.ReloadsModel, Requires = "stateful", Group = "stateful model")]
    public bool LowLatencyTransformation { get; init; }

    /// <summary>Most sequences of a stateful model at the same time; 0 for any number.</summary>
    [Option(
        "max_sequence_number", In = Both, Change = OptionChange.ReloadsModel, Requires = "stateful", Group = "stateful model",
        Placeholder = "COUNT")]
    public uint MaxSequenceNumber { get; init; } = 500;

    /// <summary>End idle sequences of a stateful model; false keeps them.</summary>
    [Option("idle_sequence_cleanup", In = Both, Change = OptionChange.ReloadsModel, Requires = "stateful", Group = "stateful model")]
    public bool IdleSequenceCleanup { get; init; } = true;
}
