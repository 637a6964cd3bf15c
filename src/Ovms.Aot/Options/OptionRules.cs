using System.Globalization;

namespace Ovms.Options;

/// <summary>
/// Rules that involve several options, or options and the machine. All of them run, and each returns its messages, one a line.
/// </summary>
internal static class OptionRules
{
    /// <summary>All messages of all rules, in order; empty if the options are valid.</summary>
    /// <param name="given">The options.</param>
    /// <param name="host">The machine.</param>
    /// <param name="listens">Whether the server will open ports.</param>
    public static IReadOnlyList<string> Check(GivenOptions given, HostFacts host, bool listens = true) =>
    [
        .. LayoutIsThereForPreprocessing(given),
        .. RequiredOptionsAreThere(given),
        .. SomethingIsServed(given),
        .. ModelOptionsStandInTheFile(given),
        .. listens ? SomePortIsSet(given.Server) : [],
        .. PortsDiffer(given.Server),
        .. RestPortIsThereForRestWorkers(given.Server),
        .. MetricsAreEnabledAndHaveAPort(given.Server),
        .. RestWorkersFitTheOpenFiles(given.Server, host),
        .. GrpcWorkersFitTheCores(given.Server, host),
        .. SharedMemoryPrefixIsOne(given.Server, host),
        .. CustomNodesCanBeIsolated(given.Server, host),
        .. PathsExist(given.Server, host),
    ];

    internal static IEnumerable<string> LayoutIsThereForPreprocessing(GivenOptions given)
    {
        ModelOptions model = given.Model;
        (string Name, string Value)[] options =
            [("mean", model.Mean), ("scale", model.Scale), ("color_format", model.ColorFormat), ("precision", model.Precision)];
        return options
            .Where(option => option.Value.Length > 0 && model.Layout.Length == 0 && given.Source.ConfigPath.Length == 0)
            .Select(static option => $"error parsing options - --{option.Name} parameter requires --layout to be set");
    }

    // The original rejects these options whenever they are present, regardless of values and of the models' source.
    internal static IEnumerable<string> RequiredOptionsAreThere(GivenOptions given)
    {
        foreach (string required in ModelOptions.Rows.Select(static row => row.Requires).OfType<string>().Distinct())
        {
            string[] names = [.. ModelOptions.Rows.Where(row => row.Requires == required).Select(static row => row.Name)];
            if (names.Any(given.ModelTexts.ContainsKey) && !given.ModelTexts.ContainsKey(required))
            {
                string list = names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";
                yield return $"Setting {list} require setting {required} flag for the model.";
            }
        }
    }

    internal static IEnumerable<string> SomethingIsServed(GivenOptions given)
    {
        bool hasFile = given.Source.ConfigPath.Length > 0;
        (bool hasName, bool hasPath) = (given.Model.ModelName.Length > 0, given.Model.ModelPath.Length > 0);
        if (hasFile && (hasName || hasPath))
        {
            yield return "Use either config_path or model_path with model_name";
        }
        else if (!hasFile && !(hasName && hasPath) && (hasName || hasPath || given.Source.ModelRepositoryPath.Length == 0))
        {
            yield return "Use config_path or model_path with model_name";
            yield return "  one model: --model_name NAME --model_path PATH; "
                + "several: --config_path FILE, or --model_repository_path FOLDER";
            if (given.Nameless is { } found)
            {
                yield return $"  {found}";
            }
        }
    }

    internal static IEnumerable<string> ModelOptionsStandInTheFile(GivenOptions given)
    {
        string[] refused =
        [
            .. ModelOptions.Rows
                .Where(row => row.NotBesideConfigFile
                    && given.ModelTexts.TryGetValue(row.Name, out string? text)
                    && !(row.ZeroBesideConfigFile && IsZero(text)))
                .Select(static row => row.Name),
        ];
        if (given.Source.ConfigPath.Length > 0 && refused.Length > 0)
        {
            yield return "Model parameters in CLI are exclusive with the config file";
            yield return $"  {string.Join(", ", refused)}: to be set for each model in {given.Source.ConfigPath}";
        }
    }

    /// <summary>Messages for the log about options that are accepted but ignored.</summary>
    internal static IEnumerable<string> Ignored(GivenOptions given)
    {
        bool hasFile = given.Source.ConfigPath.Length > 0;
        if (given.Source.ModelRepositoryPath.Length > 0 && (hasFile || given.Model.ModelPath.Length > 0))
        {
            yield return $"--model_repository_path is ignored, because --{(hasFile ? "config_path" : "model_path")} is given";
        }

        // The original accepts these together with a file.
        string[] accepted = [.. ModelOptions.Rows.Where(static row => !row.NotBesideConfigFile).Select(static row => row.Name)];
        foreach (string name in hasFile ? given.ModelNames.Intersect(accepted) : [])
        {
            yield return $"--{name} is ignored, because --config_path is given: set it for each model in the file";
        }
    }

    internal static IEnumerable<string> SomePortIsSet(ServerOptions server)
    {
        if (server is { Port: 0, RestPort: 0, GrpcUds: "", RestUds: "" })
        {
            yield return "port and rest_port cannot both be unset";
        }
    }

    internal static IEnumerable<string> PortsDiffer(ServerOptions server)
    {
        if (server.Port != 0 && server.Port == server.RestPort)
        {
            yield return "port and rest_port cannot have the same values";
        }

        if (server.GrpcUds.Length > 0 && server.GrpcUds == server.RestUds)
        {
            yield return "grpc_uds and rest_uds cannot have the same values";
        }
    }

    internal static IEnumerable<string> RestPortIsThereForRestWorkers(ServerOptions server)
    {
        if (server is { RestWorkers: not null, RestPort: 0, RestUds: "" })
        {
            yield return "rest_workers is set but rest_port is not set. rest_port is required to start rest servers";
        }
    }

    internal static IEnumerable<string> MetricsAreEnabledAndHaveAPort(ServerOptions server)
    {
        if (server is { MetricsEnable: true, RestPort: 0, RestUds: "" })
        {
            yield return "rest_port setting is missing, metrics are enabled on rest port";
        }

        if (server is { MetricsEnable: false, MetricsList.Length: > 0 })
        {
            yield return "metrics_enable setting is missing, required when metrics_list is provided";
        }
    }

    // The original's formula: one of its workers needs about six files.
    internal static IEnumerable<string> RestWorkersFitTheOpenFiles(ServerOptions server, HostFacts host)
    {
        if (server.RestWorkers is { } workers and <= 10000 && host.OpenFilesLimit is { } limit && workers > Math.Max(2, (limit - 15) / 6))
        {
            yield return $"rest_workers count should be from 2 to {Math.Max(2, (limit - 15) / 6)} : this process may open {limit} files";
        }
    }

    internal static IEnumerable<string> GrpcWorkersFitTheCores(ServerOptions server, HostFacts host)
    {
        if (server.GrpcWorkers < 1 || server.GrpcWorkers > (uint)host.CpuCores)
        {
            yield return $"grpc_workers count should be from 1 to CPU core count : {host.CpuCores}";
        }
        else if (host.IsWindows && server.GrpcWorkers != 1)
        {
            yield return "grpc_workers count can only be 1 on Windows";
        }
    }

    internal static IEnumerable<string> SharedMemoryPrefixIsOne(ServerOptions server, HostFacts host)
    {
        if (server.AllowSharedMemory.Length > 0 && host.IsWindows)
        {
            yield return "allow_shared_memory is for Linux: Windows has no shared memory of this kind; leave the option out";
        }
        else if (server.AllowSharedMemory.LastIndexOf('/') > 0)
        {
            yield return $"allow_shared_memory: {server.AllowSharedMemory}; expected the beginning of a key, with no / but a first one, "
                + "because no key has another";
        }
    }

    internal static IEnumerable<string> CustomNodesCanBeIsolated(ServerOptions server, HostFacts host)
    {
        if (server.IsolateCustomNodes && host.IsWindows)
        {
            yield return "isolate_custom_nodes is for Linux; leave the option out: on Windows custom node libraries run in the server";
        }
    }

    internal static IEnumerable<string> PathsExist(ServerOptions server, HostFacts host)
    {
        (string Name, string Path)[] options =
            [("cpu_extension", server.CpuExtension), ("openvino_plugins_xml", server.OpenVinoPluginsXml)];
        return options
            .Where(option => option.Path.Length > 0 && !host.PathExists(option.Path))
            .Select(static option =>
                $"File path provided as an --{option.Name} parameter does not exist in the filesystem: {option.Path}");
    }

    private static bool IsZero(string text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) && number == 0;
}
