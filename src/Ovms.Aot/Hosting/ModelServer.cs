using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ovms.Configuration;
using Ovms.Inference;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// The life of the process: listeners up, model loaded, ready; on a stop signal readiness drops, calls in flight finish, the rest is
/// let go. Everything is made and connected here.
/// </summary>
internal sealed class ModelServer(CommandLine.Start start, LogProvider logging, StopSignal stop)
{
    private readonly ILogger _log = logging.CreateLogger("serving");
    private readonly ServableRegistry _registry = new();
    private ServerMetrics? _metrics;

    /// <summary>Whether the engine was still at work when <see cref="RunAsync"/> ended: see <see cref="ProcessEnd"/>.</summary>
    public bool LeftWorkUnfinished { get; private set; }

    /// <summary>Runs until the stop signal or a failure to start.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        Log.Starting(_log, ServerVersion.Text);
        Outcome<ImmutableArray<ModelConfig>> configs = ReadModels();
        Outcome<Listeners> listeners = Listeners.From(start.Server);
        if (!configs.IsOk || !listeners.IsOk)
        {
            return Refuse(configs.IsOk ? listeners.WithoutValue : configs.WithoutValue);
        }

        StartNotes.Write(start, listeners.Value.Notes, _log);

        // The engine's libraries are loaded while the listeners start: both take milliseconds that add up until the first answer.
        Task<Outcome<Engine>> engine = Task.Run(() => Engine.Open(start.Server, _log));
        WebApplication web = listeners.Value.Build(_registry, new InferenceCall(_registry), _metrics, logging);
        if (_metrics is not null)
        {
            Metering.Connect(_metrics, _registry, web.Services.GetRequiredService<ConnectionGate>(), logging);
        }

        await using ConfiguredAsyncDisposable webEnd = web.ConfigureAwait(false);
        Outcome listening = await listeners.Value.StartAsync(web, _log).ConfigureAwait(false);
        Outcome<Engine> opened = await engine.ConfigureAwait(false);
        using Engine? engineEnd = opened.Value;
        if (_metrics is not null && opened.IsOk)
        {
            ProcessMetrics.AddBuild(_metrics, ServerVersion.Text, OpenVinoLibrary.BuildNumber);
        }

        return listening.IsOk && opened.IsOk
            ? await ServeAsync(web, opened.Value, configs.Value).ConfigureAwait(false)
            : Refuse(listening.IsOk ? opened.WithoutValue : listening);
    }

    private async Task<int> ServeAsync(WebApplication web, Engine engine, ImmutableArray<ModelConfig> configs)
    {
        ModelManager models = new(_registry, new ModelLoader(engine.Core, engine.Devices, _log), _log);
        Task<Outcome> loading = Task.Run(() => LoadAll(models, configs));
        Task stopped = stop.WaitAsync();
        if (await Task.WhenAny(loading, stopped).ConfigureAwait(false) == loading && !stop.Token.IsCancellationRequested)
        {
            Outcome loaded = await loading.ConfigureAwait(false);
            if (!loaded.IsOk && start.Mode == ServeMode.SingleModel)
            {
                await web.StopAsync().ConfigureAwait(false);
                return ExitCode.Failure;
            }

            Log.Ready(_log, (long)(DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds);
            await stopped.ConfigureAwait(false);
        }

        await DrainAsync(web, models, loading).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    // What cannot be read ends the process; a model of several that cannot be read stays announced, and the others are served.
    private Outcome<ImmutableArray<ModelConfig>> ReadModels()
    {
        Outcome<ServerConfig> read = start.Source.Read();
        if (!read.IsOk)
        {
            return read.WithoutValue;
        }

        Outcome<MetricSelection> families = Metering.Select(start.Server, read.Value.Monitoring);
        if (!families.IsOk)
        {
            return families.WithoutValue;
        }

        if (!families.Value.IsEmpty)
        {
            _registry.CountIn(_metrics = new ServerMetrics(families.Value));
        }

        foreach (string error in read.Value.Errors)
        {
            Log.Failure(_log, error);
        }

        foreach (string warning in read.Value.Warnings)
        {
            Log.Warning(_log, warning);
        }

        List<ModelConfig> configs = [];
        foreach (ModelOptions model in read.Value.Models)
        {
            Outcome<ModelConfig> config = ModelConfig.From(model, start.Server);
            if (config.IsOk)
            {
                configs.Add(config.Value);
            }
            else if (start.Mode == ServeMode.SingleModel)
            {
                return config.WithoutValue;
            }
            else
            {
                Log.ModelAbsent(_log, model.ModelName, config.Text);
            }
        }

        ModelManager.Announce(_registry, read.Value.Models.Select(static model => model.ModelName));
        return configs.ToImmutableArray();
    }

    private Outcome LoadAll(ModelManager models, ImmutableArray<ModelConfig> configs)
    {
        Outcome first = Outcome.Ok;
        foreach (ModelConfig config in configs)
        {
            Outcome loaded = models.Load(config, stop.Token);
            first = first.IsOk ? loaded : first;
        }

        return first;
    }

    private async Task DrainAsync(WebApplication web, ModelManager models, Task loading)
    {
        int seconds = (int)start.Server.DrainTimeoutSeconds;
        long begun = Stopwatch.GetTimestamp();

        // Order: readiness drops and new calls get UNAVAILABLE while the ports stay open; the ports close when nothing is in flight.
        _registry.StartDraining();
        Log.Stopping(_log, seconds);
        if (!await EndsWithinAsync(loading, TimeSpan.FromSeconds(seconds)).ConfigureAwait(false))
        {
            // The engine has no way to give up a model half compiled.
            LeftWorkUnfinished = true;
            Log.LoadCutOff(_log, seconds);
        }
        else if (!await models.UnloadAllAsync(Left()).ConfigureAwait(false))
        {
            LeftWorkUnfinished = true;
            Log.CutOff(_log, seconds);
        }
        else if (_registry.Answers.Any)
        {
            bool read = await _registry.Answers.EndWithinAsync(Left()).ConfigureAwait(false)
                && await web.Services.GetRequiredService<ConnectionGate>().DeliverAsync(Left()).ConfigureAwait(false);
            if (!read)
            {
                Log.CutOff(_log, seconds);
            }
        }

        await web.StopAsync().ConfigureAwait(false);
        Log.Stopped(_log);

        TimeSpan Left() => TimeSpan.FromTicks(Math.Max(0, TimeSpan.FromSeconds(seconds).Ticks - Stopwatch.GetElapsedTime(begun).Ticks));
    }

    private static async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // A wrong word on the command line is the usage's fault, anything found later is a failure to start.
    private int Refuse(Outcome failure)
    {
        foreach (string line in failure.Text.Split('\n'))
        {
            Log.Failure(_log, line);
        }

        return failure.Code is StatusCode.OptionsUsageError or StatusCode.TargetDeviceWrongFormat ? ExitCode.Usage(OperatingSystem.IsWindows()) : ExitCode.Failure;
    }
}
