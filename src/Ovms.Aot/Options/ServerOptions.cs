using Ovms.Observability;

namespace Ovms.Options;

/// <summary>Options of the whole server. Each property is a row of the table: its attribute, doc comment and default.</summary>
[OptionTable(Section = "server options")]
internal sealed partial record ServerOptions
{
    /// <summary>The model cache that is used by default if the folder exists.</summary>
    public const string DefaultCacheDir = "/opt/cache";

    /// <inheritdoc cref="DefaultCacheDir"/>
    public const string DefaultCacheDirOnWindows = @"c:\Intel\openvino_cache";

    /// <summary>The longest accepted time limit of a load, in seconds.</summary>
    public const int MaxLoadTimeoutSeconds = 86400;

    /// <summary>Port of the gRPC server; 0 for no gRPC.</summary>
    [Option("port", Max = 65535, Error = "port number out of range from 0 to 65535")]
    public uint Port { get; init; }

    /// <summary>Port of the REST server; 0 for no REST.</summary>
    [Option("rest_port", Placeholder = "PORT", Max = 65535, Error = "rest_port number out of range from 0 to 65535")]
    public uint RestPort { get; init; }

    /// <summary>Unix domain socket the gRPC server listens on, in addition to its port or instead of it.</summary>
    [Option("grpc_uds", Placeholder = "PATH")]
    public string GrpcUds { get; init; } = "";

    /// <summary>Unix domain socket the REST server listens on, in addition to its port or instead of it.</summary>
    [Option("rest_uds", Placeholder = "PATH")]
    public string RestUds { get; init; } = "";

    /// <summary>
    /// Address or addresses the gRPC server listens at: IPv4, IPv6 or host names, separated by commas; :: serves IPv4 too.
    /// </summary>
    [Option(
        "grpc_bind_address", Placeholder = "ADDRESS[,ADDRESS]",
        Error = "grpc_bind_address has invalid format: proper hostname or IP address expected.")]
    public BindAddresses GrpcBindAddress { get; init; } = BindAddresses.Of("0.0.0.0");

    /// <summary>
    /// Address or addresses the REST server listens at: IPv4, IPv6 or host names, separated by commas; :: serves IPv4 too.
    /// </summary>
    [Option(
        "rest_bind_address", Placeholder = "ADDRESS[,ADDRESS]",
        Error = "rest_bind_address has invalid format: proper hostname or IP address expected.")]
    public BindAddresses RestBindAddress { get; init; } = BindAddresses.Of("0.0.0.0");

    /// <summary>Number of gRPC servers, at most one per CPU core; only 1 on Windows.</summary>
    [Option("grpc_workers", Placeholder = "COUNT")]
    public uint GrpcWorkers { get; init; } = 1;

    /// <summary>Limit on the threads of the gRPC server; 0 for none.</summary>
    [Option("grpc_max_threads", Placeholder = "COUNT", DefaultText = "8 per CPU core")]
    public uint? GrpcMaxThreads { get; init; }

    /// <summary>Limit on the memory that gRPC calls in flight hold together, requests and answers, in bytes; 0 for none.</summary>
    [Option(
        "grpc_memory_quota", Group = "limits", Placeholder = "BYTES",
        WhenHit = "RESOURCE_EXHAUSTED, with the bytes in use and the limit")]
    public ulong GrpcMemoryQuota { get; init; } = 2147483648;

    /// <summary>Limit on the memory that REST calls in flight hold together, requests and answers, in bytes; 0 for none.</summary>
    [Option(
        "rest_memory_quota", Group = "limits", Placeholder = "BYTES", DefaultText = "half of the machine's or container's memory",
        WhenHit = "503, with the bytes in use and the limit")]
    public ulong? RestMemoryQuota { get; init; }

    /// <summary>Share of grpc_memory_quota and of rest_memory_quota that one connection may hold, in percent; 0 for all.</summary>
    [Option(
        "connection_memory_percent", Group = "limits", Placeholder = "PERCENT", Max = 100,
        WhenHit = "RESOURCE_EXHAUSTED / 503 to calls of that connection, with the bytes it holds")]
    public uint ConnectionMemoryPercent { get; init; } = 50;

    /// <summary>Seconds that a caller has from the headers of a call to the first byte of its message; 0 for any time.</summary>
    [Option(
        "request_start_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = 86400,
        WhenHit = "DEADLINE_EXCEEDED / 408, with the option's name")]
    public uint RequestStartTimeoutSeconds { get; init; } = 30;

    /// <summary>Seconds that a caller may pause while it sends a message; 0 for any time.</summary>
    [Option(
        "request_stall_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = 86400,
        WhenHit = "DEADLINE_EXCEEDED / 408, with the option's name")]
    public uint RequestStallTimeoutSeconds { get; init; } = 60;

    /// <summary>Seconds that a caller has from the headers of a call to the last byte of its message; 0 for any time.</summary>
    [Option(
        "request_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = 86400,
        WhenHit = "DEADLINE_EXCEEDED / 408, with the option's name")]
    public uint RequestTimeoutSeconds { get; init; } = 600;

    /// <summary>Settings of the gRPC channel, as in grpc.max_concurrent_streams=100,grpc.max_connection_age_ms=2000.</summary>
    [Option("grpc_channel_arguments", Placeholder = "NAME=VALUE[,NAME=VALUE]")]
    public string GrpcChannelArguments { get; init; } = "";

    /// <summary>Number of threads of the REST server, 2 to 10000; 0 and 1 mean 2; needs rest_port.</summary>
    [Option(
        "rest_workers", Placeholder = "COUNT", Max = 10000, DefaultText = "by CPU cores and open files",
        Error = "rest_workers count should be from 2 to 10000")]
    public uint? RestWorkers { get; init; }

    /// <summary>Lowest level of messages in the log.</summary>
    [Option(
        "log_level", Placeholder = "LEVEL", Allowed = ["TRACE", "DEBUG", "INFO", "WARNING", "ERROR"],
        Error = "log_level should be one of: TRACE, DEBUG, INFO, WARNING, ERROR")]
    public LogVerbosity LogLevel { get; init; } = LogVerbosity.Info;

    /// <summary>File that the log is written to, in addition to standard output; reopened on SIGHUP and SIGUSR1.</summary>
    [Option("log_path", Placeholder = "FILE")]
    public string LogPath { get; init; } = "";

    /// <summary>How a log line is written: text for people, or json, one object a line.</summary>
    [Option("log_format", Placeholder = "FORMAT")]
    public LogForm LogFormat { get; init; } = LogForm.Text;

    /// <summary>Serve metrics for Prometheus at GET /metrics; needs rest_port.</summary>
    [Option("metrics_enable")]
    public bool MetricsEnable { get; init; }

    /// <summary>Metric families to serve, separated by commas; needs metrics_enable.</summary>
    [Option("metrics_list", Placeholder = "FAMILY[,FAMILY]", DefaultText = "those that docs/metrics.md marks")]
    public string MetricsList { get; init; } = "";

    /// <summary>Seconds between checks for changes of the configuration file and for new or changed model versions; 0 for never.</summary>
    [Option("file_system_poll_wait_seconds", Placeholder = "SECONDS")]
    public uint FileSystemPollWaitSeconds { get; init; } = 1;

    /// <summary>Minutes between checks for idle sequences of stateful models; 0 for never.</summary>
    [Option("sequence_cleaner_poll_wait_minutes", Placeholder = "MINUTES")]
    public uint SequenceCleanerPollWaitMinutes { get; init; } = 5;

    /// <summary>Folder for compiled models, so that the next start is faster; created if missing.</summary>
    [Option(
        "cache_dir", Placeholder = "FOLDER",
        DefaultText = DefaultCacheDir + ", on Windows " + DefaultCacheDirOnWindows + ", if it exists")]
    public string CacheDir { get; init; } = "";

    /// <summary>Folder for the files of models in object stores (s3://, gs://, az://, azfs://); created if missing.</summary>
    [Option("remote_cache_dir", Placeholder = "FOLDER", DefaultText = "ovms-remote-USER among the system's temporary files")]
    public string RemoteCacheDir { get; init; } = "";

    /// <summary>How several models use the CPUs. share: each uses all; split: each gets its own.</summary>
    [Option("cpu_partition", Placeholder = "HOW")]
    public CpuPartition CpuPartition { get; init; } = CpuPartition.Share;

    /// <summary>Folder that contains /proc and /sys, from which the number of CPUs is read; for tests.</summary>
    [Option("cpu_facts_root", Placeholder = "FOLDER", Hidden = true)]
    public string CpuFactsRoot { get; init; } = "/";

    /// <summary>Accept a base path of a model with .. in it, and links below it that lead outside.</summary>
    [Option("allow_outside_paths")]
    public bool AllowOutsidePaths { get; init; }

    /// <summary>Linux: callers may register shared memory whose key begins with PREFIX, a leading / not counted; / allows all.</summary>
    [Option("allow_shared_memory", Placeholder = "PREFIX", DefaultText = "none")]
    public string AllowSharedMemory { get; init; } = "";

    /// <summary>Most regions of shared memory; 0 for a quarter of the files that the process may open, which always applies.</summary>
    [Option(
        "max_shared_memory_regions", Group = "limits", Placeholder = "COUNT", Max = 1000000,
        WhenHit = "registering another one gets RESOURCE_EXHAUSTED / 503")]
    public uint MaxSharedMemoryRegions { get; init; } = 256;

    /// <summary>Library with custom layers for the CPU.</summary>
    [Option("cpu_extension", Placeholder = "FILE")]
    public string CpuExtension { get; init; } = "";

    /// <summary>OpenVINO plugins.xml that registers device plugins, including custom ones, in addition to the built-in ones.</summary>
    [Option("openvino_plugins_xml", Placeholder = "FILE")]
    public string OpenVinoPluginsXml { get; init; } = "";

    /// <summary>
    /// When the server is ready. all: every requested version was tried, and every model has one available; any: one model has; tried:
    /// each model was tried once.
    /// </summary>
    [Option("ready_when", Placeholder = "RULE", Error = "ready_when should be one of: all, any, tried")]
    public ReadyRule ReadyWhen { get; init; } = ReadyRule.All;

    /// <summary>
    /// Errors in a row of a GPU or NPU after which a model version on it is not ready and its calls are rejected, until a probe of the
    /// server succeeds; 0 for never.
    /// </summary>
    [Option(
        "device_errors_before_unready", Group = "limits", Placeholder = "COUNT", Max = 1000000,
        WhenHit = "calls of the version get UNAVAILABLE or 503 at once; one error in the log, and one line when it computes again")]
    public uint DeviceErrorsBeforeUnready { get; init; } = 3;

    /// <summary>
    /// Seconds that calls in flight have to finish after a stop signal. A reload waits at most as long for calls of the models it removes.
    /// </summary>
    [Option("drain_timeout_seconds", Placeholder = "SECONDS", Max = 86400)]
    public uint DrainTimeoutSeconds { get; init; } = 30;

    /// <summary>
    /// Seconds that a caller has to read the next piece of an answer (up to 1 MiB over gRPC, 64 KiB over REST); 0 for no limit.
    /// </summary>
    [Option(
        "answer_stall_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = 86400,
        WhenHit = "the stream is reset (ENHANCE_YOUR_CALM); over REST, or where nothing is read from the connection for 5 s more, "
            + "it is closed")]
    public uint AnswerStallTimeoutSeconds { get; init; } = 60;

    /// <summary>Seconds that a language model may take for an answer, with the time in its queue; 0 for no limit.</summary>
    [Option(
        "generation_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = 86400,
        WhenHit = "504, with the option's name; a stream keeps its text so far and ends with an error event (code 504) and [DONE]")]
    public uint GenerationTimeoutSeconds { get; init; } = 3600;

    /// <summary>Seconds that a model version may take to load; 0 for no limit. A model's entry in config.json may override it.</summary>
    [Option(
        "load_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = MaxLoadTimeoutSeconds,
        WhenHit = "the version fails, with the reason in the log and in Ovms-Config-Error; the thread is left behind, at most 8 of them")]
    public uint LoadTimeoutSeconds { get; init; }

    /// <summary>Most calls of a model version that may wait for an infer request; more are rejected at once.</summary>
    [Option(
        "infer_queue_size", Group = "limits", Placeholder = "COUNT", Max = 1000000,
        WhenHit = "RESOURCE_EXHAUSTED / 503 at once, with the length of the queue")]
    public uint InferQueueSize { get; init; } = 4096;

    /// <summary>
    /// Limit on scans × width × height of one JPEG, in millions of pixels; 0 for no limit. A progressive JPEG has about ten scans.
    /// </summary>
    [Option(
        "image_scan_megapixels", Group = "limits", Placeholder = "MEGAPIXELS", Max = 1000000,
        WhenHit = "INVALID_ARGUMENT / 400 before the image is decoded, with its scans and size")]
    public uint ImageScanMegapixels { get; init; } = 1000;

    /// <summary>
    /// Most open connections of all ports and sockets; 0 for as many as the limit on open files allows, which always applies.
    /// </summary>
    [Option(
        "max_connections", Group = "limits", Placeholder = "COUNT", Max = 1000000,
        WhenHit = "the connection idle longest is closed; where none is idle the new one is closed, or admitted for health requests only; "
            + "logged once a minute")]
    public uint MaxConnections { get; init; } = 10000;

    /// <summary>Most open connections of one address, in IPv6 of one /64 network; 0 for no limit.</summary>
    [Option(
        "max_connections_per_address", Group = "limits", Placeholder = "COUNT", Max = 1000000,
        DefaultText = "half of the connections allowed",
        WhenHit = "the connection of the address that is idle longest is closed; where none is idle as with max_connections")]
    public uint? MaxConnectionsPerAddress { get; init; }

    /// <summary>
    /// Seconds from the opening of a connection to its first request, and from the first byte of any request's headers to their last; 0
    /// for no limit.
    /// </summary>
    [Option(
        "first_request_timeout_seconds", Group = "limits", Placeholder = "SECONDS", Max = 86400,
        WhenHit = "the connection is closed; headers that have begun get 408 first over REST")]
    public uint FirstRequestTimeoutSeconds { get; init; } = 30;

    /// <summary>
    /// Most gRPC calls in progress, from the first byte of the message to the answer, over all connections; 0 for no limit.
    /// </summary>
    [Option("max_streams", Group = "limits", Placeholder = "COUNT", Max = 10000000, WhenHit = "RESOURCE_EXHAUSTED at once")]
    public uint MaxStreams { get; init; } = 32768;

    /// <summary>Most open gRPC calls whose message has not begun, over all connections; 0 for no limit.</summary>
    [Option(
        "max_waiting_streams", Group = "limits", Placeholder = "COUNT", Max = 10000000,
        WhenHit = "the call that waits longest ends with RESOURCE_EXHAUSTED")]
    public uint MaxWaitingStreams { get; init; } = 4096;

    /// <summary>
    /// Streams that a connection may reset within 10 s if these are more than half of those it opens; 0 for no limit. An address may reset
    /// five times as many; then each of its connections may reset only a hundredth.
    /// </summary>
    [Option("stream_reset_budget", Group = "limits", Placeholder = "COUNT", Max = 1000000, WhenHit = "GOAWAY, and the connection closes")]
    public uint StreamResetBudget { get; init; } = 200;

    /// <summary>Allow browsers to send credentials (CORS).</summary>
    [Option("allow_credentials", Group = "cross-origin requests")]
    public bool AllowCredentials { get; init; }

    /// <summary>Origins that browsers may call from (CORS).</summary>
    [Option("allowed_origins", Group = "cross-origin requests", Placeholder = "ORIGINS")]
    public string AllowedOrigins { get; init; } = "*";

    /// <summary>Methods that browsers may call with (CORS).</summary>
    [Option("allowed_methods", Group = "cross-origin requests", Placeholder = "METHODS")]
    public string AllowedMethods { get; init; } = "*";

    /// <summary>Headers that browsers may send (CORS).</summary>
    [Option("allowed_headers", Group = "cross-origin requests", Placeholder = "HEADERS")]
    public string AllowedHeaders { get; init; } = "*";
}
