using System.Runtime.CompilerServices;
using Ovms.Inference;
using Ovms.Observability;
using Ovms.Options;
using Ovms.Serving;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// The life of the process: listeners up, model loaded, ready; on a stop signal readiness drops, calls in flight finish, the rest is
/// let go. Everything is made and connected here.
/// </summary>
internal sealed class ModelServer(CommandLine.Start start, ILoggerProvider logging, StopSignal stop)
{
    private readonly ILogger _log = logging.CreateLogger("serving");
    private readonly ServableRegistry _registry = new();

    /// <summary>Runs until the stop signal or a failure to start.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        Log.Starting(_log, ServerVersion.Text);
        StartNotes.Write(start, _log);
        Outcome<ModelConfig> config = ModelConfig.From(start.Model, start.Server);
        Outcome<Listeners> listeners = Listeners.From(start.Server);
        if (!config.IsOk || !listeners.IsOk)
        {
            return Refuse(config.IsOk ? listeners.WithoutValue : config.WithoutValue);
        }

        // The engine's libraries are loaded while the listeners start: both take milliseconds that add up until the first answer.
        Task<Outcome<Engine>> engine = Task.Run(() => Engine.Open(start.Server, _log));
        WebApplication web = listeners.Value.Build(_registry, new InferenceCall(_registry), logging);
        await using ConfiguredAsyncDisposable webEnd = web.ConfigureAwait(false);
        Outcome listening = await listeners.Value.StartAsync(web, _log).ConfigureAwait(false);
        Outcome<Engine> opened = await engine.ConfigureAwait(false);
        using Engine? engineEnd = opened.Value;
        return listening.IsOk && opened.IsOk
            ? await ServeAsync(web, opened.Value, config.Value).ConfigureAwait(false)
            : Refuse(listening.IsOk ? opened.WithoutValue : listening);
    }

    private async Task<int> ServeAsync(WebApplication web, Engine engine, ModelConfig config)
    {
        ModelManager models = new(_registry, new ModelLoader(engine.Core, engine.Devices, _log), _log);
        Outcome loaded = await Task.Run(() => models.Load(config, stop.Token)).ConfigureAwait(false);
        if (loaded.IsOk)
        {
            Log.Ready(_log, (long)(DateTime.Now - System.Diagnostics.Process.GetCurrentProcess().StartTime).TotalMilliseconds);
        }
        else if (!stop.Token.IsCancellationRequested)
        {
            await web.StopAsync().ConfigureAwait(false);
            return Refuse(loaded);
        }

        await stop.WaitAsync().ConfigureAwait(false);
        await DrainAsync(web, models).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private async Task DrainAsync(WebApplication web, ModelManager models)
    {
        int seconds = (int)start.Server.DrainTimeoutSeconds;

        // Order: readiness drops and new calls get UNAVAILABLE while the ports stay open; the ports close when nothing is in flight.
        _registry.StartDraining();
        Log.Stopping(_log, seconds);
        if (!await models.UnloadAllAsync(TimeSpan.FromSeconds(seconds)).ConfigureAwait(false))
        {
            Log.CutOff(_log, seconds);
        }

        await web.StopAsync().ConfigureAwait(false);
        Log.Stopped(_log);
    }

    // A wrong word on the command line is the usage's fault, anything found later is a failure to start.
    private int Refuse(Outcome failure)
    {
        Log.Failure(_log, failure.Text);
        return failure.Code is StatusCode.OptionsUsageError or StatusCode.TargetDeviceWrongFormat ? ExitCode.Usage(OperatingSystem.IsWindows()) : ExitCode.Failure;
    }
}
