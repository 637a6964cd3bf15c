using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Configuration;
using Ovms.Generation.Loading;
using Ovms.Graphs.Definitions;
using Ovms.Graphs.Execution;
using Ovms.Options;
using Ovms.Pipelines;
using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// <c>ovms check</c>: checks everything that a configuration names and reports every problem. It compiles no model and opens no port. It
/// reads a model only where that shows whether its device can compute it.
/// </summary>
/// <param name="server">Options of the server.</param>
/// <param name="source">The configuration.</param>
internal sealed class ConfigCheck(ServerOptions server, ConfigSource source)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _notes = [];
    private readonly List<(ModelConfig Config, long Version, ModelFile File)> _files = [];

    /// <summary>Runs all checks.</summary>
    /// <returns>The report and the exit code: 0 if everything can be served.</returns>
    public CommandLine.Exit Run()
    {
        Outcome<ServerConfig> read = source.Read();
        if (!read.IsOk)
        {
            return new CommandLine.Exit(ExitCode.Failure, read.Text + "\n", "");
        }

        _problems.AddRange(read.Value.Errors);
        if (Metering.Select(server, read.Value.Monitoring, listens: false) is { IsOk: false } metrics)
        {
            _problems.Add(metrics.Text);
        }

        _notes.AddRange(read.Value.Warnings);
        HashSet<string> served = [.. read.Value.Names];
        read.Value.Graphs.ToList().ForEach(graph => CheckGraph(graph, served));
        List<ModelConfig> models = [];
        foreach (ModelOptions model in read.Value.Models)
        {
            Outcome<ModelConfig> config = ModelConfig.From(model, server);
            if (config.IsOk)
            {
                models.Add(config.Value);
                _notes.AddRange(config.Value.Settings.Warnings.Select(warning => $"{model.ModelName}: {warning}"));
            }
            else
            {
                _problems.Add($"{model.ModelName}: {config.Text}");
            }

            CheckFiles(model, config.Value);
        }

        NamedServables named = new(read.Value, _files.Select(static file => (file.Config, file.Version, file.File)));
        _problems.AddRange(read.Value.Pipelines.SelectMany(pipeline => PipelineCheck.Check(pipeline, named.Find)));
        CheckDevices(models);
        string text = string.Concat(_notes.Select(static note => $"note: {note}\n"))
            + string.Concat(_problems.Select(static problem => $"{problem}\n"));
        return _problems.Count == 0
            ? new CommandLine.Exit(ExitCode.Ok, $"{text}Configuration is good: {Counted(read.Value.Models.Length, "model")}.\n", "")
            : new CommandLine.Exit(ExitCode.Failure, $"{text}Configuration has {Counted(_problems.Count, "problem")}.\n", "");
    }

    private void CheckGraph(GraphEntry graph, HashSet<string> served)
    {
        Outcome<GraphDefinition> read = graph.Fault.IsOk
            ? GraphPlans.Read(graph.Path, graph.Text, out _, allowsPython: server.AllowPythonNodes)
            : graph.Fault;
        if (!read.IsOk)
        {
            _problems.Add($"{graph.Name}: {read.Text}");
        }

        _problems.AddRange(
            graph.Models.Select(static model => model.Name).Where(name => !served.Contains(name)).Distinct()
                .Select(name => $"{graph.Name}: the model {Shown.Bounded(name)} is not in the configuration"));
        _notes.AddRange(read.Value?.Warnings.Select(warning => $"{graph.Name}: {warning}") ?? []);
    }

    private static string Counted(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    // The path is checked even if the settings are invalid, so that one run reports all problems.
    private void CheckFiles(ModelOptions model, ModelConfig? config)
    {
        bool isRemote = RemotePath.IsRemote(model.ModelPath);
        Outcome<ModelRepository> opened = isRemote ? OpenInStore(model.ModelPath) : ModelRepository.Open(model.ModelPath);
        Outcome<ImmutableArray<ModelVersionFolder>> wanted = opened.IsOk
            ? opened.Value.Select(config?.Versions ?? VersionPolicy.Default)
            : opened.WithoutValue;
        if (opened.IsOk)
        {
            _notes.AddRange(opened.Value.Warnings.Select(warning => $"{model.ModelName}: {warning}"));
        }

        if (!wanted.IsOk)
        {
            Tell(model.ModelName, wanted.WithoutValue);
            return;
        }

        if (config?.Versions.Missing(opened.Value!.Versions.Select(static folder => folder.Version)) is { IsEmpty: false } missing)
        {
            _notes.Add(VersionPolicy.Describe(model.ModelName, missing));
        }

        // Files in an object store are not checked: they would have to be downloaded first.
        foreach (ModelVersionFolder folder in isRemote ? [] : wanted.Value)
        {
            Outcome inside = server.AllowOutsidePaths ? Outcome.Ok : PathFence.CheckLinks(model.ModelPath, folder.Path);
            Outcome<ModelFile> file = inside.IsOk ? ModelFile.Find(folder.Path) : inside;
            if (!file.IsOk)
            {
                _problems.Add($"{model.ModelName}, version {folder.Version}: {file.Text}");
            }
            else if (config is not null)
            {
                _files.Add((config, folder.Version, file.Value));
                _problems.AddRange(config.UnknownPorts(file.Value).Select(
                    unknown => $"{model.ModelName}, version {folder.Version}: {unknown.Text}"));
                List<string> notes = [];
                if (LanguageCheck.Check(config, file.Value, notes) is { IsOk: false } language)
                {
                    _problems.Add($"{model.ModelName}, version {folder.Version}: {language.Text}");
                }

                _notes.AddRange(notes.Select(note => $"{model.ModelName}, version {folder.Version}: {note}"));
            }
        }
    }

    // As at start-up: the server waits for versions if the folder or the bucket exists.
    private void Tell(string model, Outcome failure)
    {
        if (failure.Code == StatusCode.NoModelVersionAvailable)
        {
            _notes.Add($"Model {model} has no versions to serve yet: {failure.Text}");
        }
        else
        {
            _problems.Add($"{model}: {failure.Text}");
        }
    }

    private Outcome<ModelRepository> OpenInStore(string basePath)
    {
        using RemoteRepositories remotes = RemoteRepositories.ByEnvironment(server.RemoteCacheDir, CancellationToken.None);
        remotes.BeginLook([basePath], isVouched: true);
        Outcome<RemoteLook> look = remotes.Look(basePath, isVouched: true);
        return look.IsOk ? look.Value.Repository : look.WithoutValue;
    }

    private void CheckDevices(List<ModelConfig> models)
    {
        Outcome<Engine> engine = Engine.Open(server, NullLogger.Instance);
        if (!engine.IsOk)
        {
            _problems.Add(engine.Text);
            return;
        }

        using Engine opened = engine.Value;
        foreach (ModelConfig model in models)
        {
            Outcome device = opened.Devices.Check(model.Device, model.Plugin);
            if (!device.IsOk)
            {
                _problems.Add($"{model.Name}: {device.Text}");
                continue;
            }

            foreach ((ModelConfig config, long version, ModelFile file) in _files.Where(entry => ReferenceEquals(entry.Config, model)))
            {
                Outcome ports = PortCheck.Check(opened.Cores.Current, file, config.Device);
                if (!ports.IsOk)
                {
                    _problems.Add($"{config.Name}, version {version}: {ports.Text}");
                }
            }
        }
    }
}
