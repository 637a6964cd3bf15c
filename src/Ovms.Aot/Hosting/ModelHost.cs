using Ovms.Configuration;
using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Generation.Loading;
using Ovms.Graphs.Execution;
using Ovms.Graphs.Interpreters;
using Ovms.Inference;
using Ovms.Observability;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Pipelines;
using Ovms.Repository.Remote;
using Ovms.Serving.Adaptive;
using Ovms.Serving.Health;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>Owns the engine, the object stores, and the models that are loaded from them.</summary>
internal sealed class ModelHost : IDisposable
{
    // Processes of libraries end by themselves; those that do not end with this one.
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(5);

    private readonly Engine _engine;
    private readonly RemoteRepositories _remotes;
    private readonly ModelManager _models;
    private readonly ILogger _log;
    private readonly AdaptiveServing _adaptive;
    private readonly NodeLibraries _libraries;
    private bool _isLeftAtWork;

    private ModelHost(
        Engine engine, Task listening, CommandLine.Start start, ServerConfig config, Served served, ModelCalls calls,
        ILogger log, CancellationToken stop)
    {
        _engine = engine;
        _log = log;
        _remotes = RemoteRepositories.ByEnvironment(start.Server.RemoteCacheDir, stop);
        HealthRule health = new(start.Server.DeviceErrorsBeforeUnready, served.Registry.RaiseChanged, TimeProvider.System, log);
        LanguageLoader language = new(
            engine.Cores, engine.Devices, engine.Cpus, start.Server.CacheDir, TimeProvider.System, log, served.Registry.RaiseChanged,
            isReachable: start.Server is not { RestPort: 0, RestUds: "" })
        {
            AnswerTime = start.Server.GenerationTimeoutSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        ModelLoader loader = new(engine.Cores, engine.Devices, engine.Cpus, log, _remotes, health, language.Load);
        ReturnLoader returns = new(loader, engine.Devices);
        PythonSettings python =
            PythonSettings.Of(start.Server.AllowPythonNodes, start.Server.PythonExecutable, AppContext.BaseDirectory) with
            {
                AnswerTime = start.Server.PythonNodeTimeoutSeconds is > 0 and var most ? TimeSpan.FromSeconds(most) : null,
                Restarted = (graph, node) => PythonRestarts.Add(("name", graph), ("node", node)),
            };
        GraphLoader graphs = new(calls, served.Registry, python, log);
        _libraries = NodeLibraries.From(start.Server, library => LibraryRestarts.Add(("library", library)), log);
        PipelineLoader pipelines = new(served.Registry, calls, _libraries, log);
        _models = new ModelManager(
            served.Registry,
            served.Readiness,
            served.Reloads,
            new DesiredReader(new MeteredSource(start.Source, start.Server, config.Monitoring, log), start.Server, config, _remotes),
            (id, folder, settings, isReturn) =>
            {
                Outcome<LoadedModel> loaded = settings.Composition switch
                {
                    { Graph: { } graph } => graphs.Load(id, graph),
                    { Pipeline: { } pipeline } => pipelines.Load(pipeline),
                    _ => isReturn ? returns.Load(id, folder, settings) : loader.Load(id, folder, settings),
                };

                // A model becomes available only after the ports are open.
                listening.Wait(CancellationToken.None);
                return loaded;
            },
            new LifecyclePace(
                TimeSpan.FromSeconds(start.Server.FileSystemPollWaitSeconds), TimeSpan.FromSeconds(start.Server.DrainTimeoutSeconds)),
            TimeProvider.System,
            log,
            new LookEffects(engine.Cpus, _remotes, log))
        {
            LeavesFailures = start.Mode == ServeMode.SingleModel,
        };
        _ = new ExecutionWatch(served.Registry, _models.Fell, TimeProvider.System, log).RunAsync(stop);
        _ = new DeviceSearch(served.Registry, engine.Devices.FindMore, _models.Fell, TimeProvider.System, log).RunAsync(stop);
        _adaptive = new AdaptiveServing(served.Registry, () => AdaptiveMemory(start.Server), TimeProvider.System, log);
        _ = _adaptive.RunAsync(stop);
        FirstLoad = served.Reloads.ReloadAsync(CancellationToken.None);
    }

    /// <summary>Completes when loading has been tried for every model configured at start-up.</summary>
    public Task<Outcome<ReloadResult>> FirstLoad { get; }

    /// <summary>How often processes of Python nodes were started again, by graph and node.</summary>
    public RestartCounts PythonRestarts { get; } = new();

    /// <summary>How often processes of custom node libraries were started again, by library.</summary>
    public RestartCounts LibraryRestarts { get; } = new();

    /// <summary>The devices other than the CPU that models were compiled for.</summary>
    public DeviceWatches Devices => _engine.Devices.Watches;

    /// <summary>The servables that were released and are not freed yet.</summary>
    public LeavingServables Leaving => _models.Leaving;

    /// <summary>The process goes on: logs the failures of the first loads that were left out, and from now on all others.</summary>
    public void TellFailures(ReloadStatus status)
    {
        if (!_models.LeavesFailures)
        {
            return;
        }

        _models.LeavesFailures = false;
        foreach (ModelFault fault in status.Faults)
        {
            if (fault.Version is { } version)
            {
                Log.ModelFailed(_log, fault.Name, version, fault.Why.Text);
            }
            else
            {
                Log.ModelAbsent(_log, fault.Name, fault.Why.Text);
            }
        }
    }

    /// <summary>Starts loading the configured models as soon as the engine is open.</summary>
    /// <param name="opening">The engine; this object takes ownership.</param>
    /// <param name="listening">Completes when the ports are open or have failed to open; no model becomes available before.</param>
    /// <param name="start">The command line.</param>
    /// <param name="config">The configuration that was read.</param>
    /// <param name="served">Where loaded models become available.</param>
    /// <param name="calls">Opens the calls of compositions to their models.</param>
    /// <param name="log">The log.</param>
    /// <param name="stop">Cancels requests to object stores.</param>
    /// <returns>The host, whose models are loading, or why the engine did not open.</returns>
    public static async Task<Outcome<ModelHost>> BeginAsync(
        Task<Outcome<Engine>> opening, Task listening, CommandLine.Start start, ServerConfig config, Served served, ModelCalls calls,
        ILogger log, CancellationToken stop)
    {
        Outcome<Engine> engine = await opening.ConfigureAwait(false);
        return engine.IsOk ? new ModelHost(engine.Value, listening, start, config, served, calls, log, stop) : engine.WithoutValue;
    }

    /// <summary>Starts no further loads and unloads all models: see <see cref="ModelManager.StopAsync"/>.</summary>
    public async Task<StopResult> StopAsync(TimeSpan limit)
    {
        Devices.End();
        StopResult ended = await _models.StopAsync(limit).ConfigureAwait(false);
        ended |= _adaptive.IsCompiling ? StopResult.LoadsLeft : StopResult.Clean;
        _isLeftAtWork = ended != StopResult.Clean;
        return ended;
    }

    /// <summary>Frees the engine, unless a call or load still uses it, or a device: then it is freed with the process.</summary>
    public void Dispose()
    {
        _remotes.Dispose();
        _libraries.AwaitEnds(s_farewell);
        if (!_isLeftAtWork)
        {
            _engine.Dispose();
        }
    }

    private static long AdaptiveMemory(ServerOptions options) =>
        options.AdaptiveMemory is { } mebibytes ? (long)mebibytes << 20 : FreeMemory.Bytes() / 4;
}
