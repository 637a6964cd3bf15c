using Ovms.Configuration;
using Ovms.Repository.Remote;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>The engine, the object stores, and the models that are made of both.</summary>
internal sealed class ModelHost : IDisposable
{
    private readonly Engine _engine;
    private readonly RemoteRepositories _remotes;
    private readonly ModelManager _models;
    private bool _isLeftAtWork;

    private ModelHost(
        Engine engine, Task listening, CommandLine.Start start, ServerConfig config, Served served, ILogger log, CancellationToken stop)
    {
        _engine = engine;
        _remotes = RemoteRepositories.ByEnvironment(start.Server.RemoteCacheDir, stop);
        ModelLoader loader = new(engine.Core, engine.Devices, engine.Cpus, log, _remotes);
        _models = new ModelManager(
            served.Registry,
            served.Readiness,
            served.Reloads,
            new DesiredReader(start.Source, start.Server, config, _remotes),
            (id, folder, settings) =>
            {
                Outcome<LoadedModel> loaded = loader.Load(id, folder, settings);

                // What is called available can be called.
                listening.Wait(CancellationToken.None);
                return loaded;
            },
            new LifecyclePace(TimeSpan.FromSeconds(start.Server.FileSystemPollWaitSeconds), TimeSpan.FromSeconds(start.Server.DrainTimeoutSeconds)),
            TimeProvider.System,
            log,
            new LookEffects(engine.Cpus, _remotes, log));
        FirstLoad = served.Reloads.ReloadAsync(CancellationToken.None);
    }

    /// <summary>Ends when all models that are configured at the start have been tried.</summary>
    public Task<Outcome<ReloadResult>> FirstLoad { get; }

    /// <summary>Begins to load what is configured as soon as the engine is there.</summary>
    /// <param name="opening">The engine; owned from here on.</param>
    /// <param name="listening">Ends when the ports are open, or will not be: until then nothing becomes available.</param>
    /// <param name="start">What was asked for.</param>
    /// <param name="config">What was read of it.</param>
    /// <param name="served">Where what is loaded becomes available.</param>
    /// <param name="log">Where it is told.</param>
    /// <param name="stop">Ends waits for object stores.</param>
    /// <returns>The models on their way, or why there is no engine.</returns>
    public static async Task<Outcome<ModelHost>> BeginAsync(
        Task<Outcome<Engine>> opening, Task listening, CommandLine.Start start, ServerConfig config, Served served, ILogger log,
        CancellationToken stop)
    {
        Outcome<Engine> engine = await opening.ConfigureAwait(false);
        return engine.IsOk ? new ModelHost(engine.Value, listening, start, config, served, log, stop) : engine.WithoutValue;
    }

    /// <summary>Begins nothing more and lets everything go: see <see cref="ModelManager.StopAsync"/>.</summary>
    public async Task<StopResult> StopAsync(TimeSpan limit)
    {
        StopResult ended = await _models.StopAsync(limit).ConfigureAwait(false);
        _isLeftAtWork = ended != StopResult.Clean;
        return ended;
    }

    /// <summary>Lets the engine go, unless somebody still works with it: then it goes with the process.</summary>
    public void Dispose()
    {
        _remotes.Dispose();
        if (!_isLeftAtWork)
        {
            _engine.Dispose();
        }
    }
}
