using System.Text.Json;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Options.Parsing;

namespace Ovms.Tests.Options;

/// <summary>Walks the tables: what holds for every option.</summary>
public class OptionRowsTests
{
    // The options that users of the original know and that work; ours beside them stand below.
    private static readonly string[] s_known =
    [
        "help", "version",
        "port", "rest_port", "grpc_bind_address", "rest_bind_address", "grpc_workers", "grpc_max_threads", "grpc_memory_quota", "grpc_channel_arguments",
        "rest_workers", "log_level", "log_path", "metrics_enable", "metrics_list", "file_system_poll_wait_seconds", "custom_node_resources_cleaner_interval_seconds", "cache_dir", "cpu_extension", "sequence_cleaner_poll_wait_minutes",
        "allow_credentials", "allowed_origins", "allowed_methods", "allowed_headers",
        "config_path", "model_repository_path", "list_models", "add_to_config", "remove_from_config",
        "model_name", "model_path", "batch_size", "shape", "layout", "mean", "scale", "color_format", "precision", "model_version_policy", "nireq", "target_device", "plugin_config",
        "stateful", "low_latency_transformation", "max_sequence_number", "idle_sequence_cleanup",
        "allow_cache", "custom_loader_options", "graph_path", "subconfig",
        "task", "cache_size", "max_num_seqs", "max_num_batched_tokens", "enable_prefix_caching", "dynamic_split_fuse", "kv_cache_precision", "max_prompt_len",
        "max_tokens_limit", "best_of_limit", "pipeline_type", "cache_interval_multiplier", "tool_parser", "reasoning_parser", "enable_tool_guided_generation",
        "draft_source_model", "model_distribution_policy",
    ];

    private static readonly string[] s_ours =
    [
        "adaptive",
        "adaptive",
        "adaptive_batch",
        "adaptive_batch",
        "adaptive_memory",
        "allow_outside_paths",
        "allow_shared_memory",
        "answer_stall_timeout_seconds",
        "budget_seconds",
        "concurrency",
        "connection_memory_percent",
        "cpu_facts_root",
        "custom_node_hang_limit", "isolate_custom_nodes", "allow_python_nodes", "python_executable", "python_node_timeout_seconds",
        "cpu_partition",
        "device_errors_before_unready",
        "drain_timeout_seconds",
        "duration",
        "first_request_timeout_seconds", "generation_timeout_seconds",
        "grpc_uds",
        "image_scan_megapixels",
        "infer_queue_size",
        "json",
        "latency_ms",
        "load_timeout_seconds",
        "load_timeout_seconds",
        "log_format",
        "max_connections",
        "max_connections_per_address",
        "max_shared_memory_regions",
        "max_streams",
        "max_waiting_streams",
        "openvino_plugins_xml", "output_tokens", "prompt_tokens",
        "ready_when",
        "remote_cache_dir",
        "rest_memory_quota",
        "request_stall_timeout_seconds",
        "request_start_timeout_seconds",
        "request_timeout_seconds",
        "rest_uds",
        "service_directory",
        "service_name",
        "stream_reset_budget",
        "timeout_seconds",
        "url",
        "warmup",
        "warmup",
    ];

    private static IEnumerable<OptionRow> Rows =>
    [
        .. InformationOptions.Rows, .. ServerOptions.Rows, .. SourceOptions.Rows, .. ModelOptions.Rows, .. MeasureOptions.Rows, .. BenchOptions.Rows, .. TuneOptions.Rows, .. HealthOptions.Rows, .. ServiceOptions.Rows,
    ];

    [Test]
    public async Task Names_AreThoseDocumented() =>
        await Assert.That(Rows.Select(static row => row.Name)).IsEquivalentTo(s_known.Concat(s_ours));

    [Test]
    public async Task Names_AreUniqueOverAllTables() =>
        await Assert.That(Rows.SelectMany(static row => row.CommandLineNames)).HasDistinctItems();

    [Test]
    public async Task EveryRow_ParsesItsOwnDefault()
    {
        foreach (OptionRow row in Rows.Where(static row => row.Default is not null && row.CommandLineNames.Any()))
        {
            OptionFindings findings = new();
            OptionParser.Parse(
                [$"--{row.Name}={row.Default}"],
                [
                    new InformationOptions.Builder(), new ServerOptions.Builder(), new SourceOptions.Builder(),
                    new ModelOptions.Builder(), new MeasureOptions.Builder(), new BenchOptions.Builder(), new TuneOptions.Builder(), new HealthOptions.Builder(), new ServiceOptions.Builder(),
                ],
                findings);
            await Assert.That(findings.ErrorText()).IsEqualTo("").Because($"{row.Name} has the default {row.Default}");
        }
    }

    [Test]
    public async Task Defaults_AreThoseOfTheRows()
    {
        // Giving every default must be the same as giving nothing: the row's text and the property's value are one fact.
        string[] server = ServerOptions.Rows.Where(static row => row.Default is not null).Select(static row => $"--{row.Name}={row.Default}").ToArray();
        string[] model = ModelOptions.Rows.Where(static row => row.Default is not null && row.CommandLineNames.Any()).Select(static row => $"--{row.Name}={row.Default}").ToArray();
        await Assert.That(Told(ServerOptions.Parse(server).Value)).IsEqualTo(Told(new ServerOptions()));
        await Assert.That(ModelOptions.Parse(model).Value).IsEqualTo(new ModelOptions());

        static string Told(ServerOptions options) => options.ToString();
    }

    [Test]
    public async Task EveryRow_IsInHelp()
    {
        foreach (OptionRow row in Rows.Where(static row => !row.Hidden && row.CommandLineNames.Any()))
        {
            await Assert.That(CommandLine.HelpText).Contains($"--{row.Name}{(row.IsFlag ? "" : " " + row.Placeholder)}");
        }
    }

    [Test]
    public async Task HelpLines_FitATerminal() =>
        await Assert.That(CommandLine.HelpText.Split('\n').Where(static line => line.Length > 112)).IsEmpty();

    [Test]
    public async Task EveryConfigRow_IsInTheSchema()
    {
        using JsonDocument schema = JsonDocument.Parse(ModelOptions.SchemaJson.ToArray());
        string[] keys = schema.RootElement.GetProperty("properties").EnumerateObject().Select(static p => p.Name).ToArray();
        await Assert.That(keys).IsEquivalentTo(ModelOptions.Rows.Where(static row => (row.In & OptionPlace.ModelConfig) != 0).Select(static row => row.ConfigName));
    }

    [Test]
    public async Task Parameters_AreDocumented() =>
        await SourceTree.Holds("docs/parameters.md", ParametersPage.Write(Rows));

    [Test]
    public async Task EveryLimit_IsDocumented() =>
        await SourceTree.HoldsBetween("docs/security.md", "<!-- limits -->", "<!-- end of limits -->", LimitsTable.Write(Rows));

    [Test]
    public async Task EveryLimit_TellsWhatIsSeenWhenItIsReached() =>
        await Assert.That(Rows.Where(static row => row.Group == "limits" && string.IsNullOrEmpty(row.WhenHit)).Select(static row => row.Name)).IsEmpty();
}
