namespace Ovms.Options;

/// <summary>Rules over more than one option, or over options and the machine. All run; each gives its messages, line by line.</summary>
internal static class OptionRules
{
    /// <summary>Every message of every rule, in order; none when the options are good.</summary>
    public static IReadOnlyList<string> Check(ServerOptions server, ModelOptions model, HostFacts host) =>
    [
        .. LayoutIsThereForPreprocessing(model),
        .. ModelIsNamedAndPlaced(model),
        .. SomePortIsSet(server),
        .. PortsDiffer(server),
        .. RestPortIsThereForRestWorkers(server),
        .. RestWorkersFitTheOpenFiles(server, host),
        .. GrpcWorkersFitTheCores(server, host),
        .. PathsExist(server, host),
    ];

    internal static IEnumerable<string> LayoutIsThereForPreprocessing(ModelOptions model)
    {
        (string Name, string Value)[] options = [("mean", model.Mean), ("scale", model.Scale), ("color_format", model.ColorFormat), ("precision", model.Precision)];
        return options
            .Where(option => option.Value.Length > 0 && model.Layout.Length == 0)
            .Select(static option => $"error parsing options - --{option.Name} parameter requires --layout to be set");
    }

    internal static IEnumerable<string> ModelIsNamedAndPlaced(ModelOptions model)
    {
        if (model.ModelName.Length == 0 || model.ModelPath.Length == 0)
        {
            yield return "Use config_path or model_path with model_name";
            yield return "  this release serves one model and takes no config_path: --model_name and --model_path are both needed";
        }
    }

    internal static IEnumerable<string> SomePortIsSet(ServerOptions server)
    {
        if (server is { Port: 0, RestPort: 0 })
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
    }

    internal static IEnumerable<string> RestPortIsThereForRestWorkers(ServerOptions server)
    {
        if (server is { RestWorkers: not null, RestPort: 0 })
        {
            yield return "rest_workers is set but rest_port is not set. rest_port is required to start rest servers";
        }
    }

    // The original's arithmetic: a worker of its needs about six files.
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

    internal static IEnumerable<string> PathsExist(ServerOptions server, HostFacts host)
    {
        (string Name, string Path)[] options = [("cpu_extension", server.CpuExtension), ("openvino_plugins_xml", server.OpenVinoPluginsXml)];
        return options
            .Where(option => option.Path.Length > 0 && !host.PathExists(option.Path))
            .Select(static option => $"File path provided as an --{option.Name} parameter does not exist in the filesystem: {option.Path}");
    }
}
