using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ovms.Configuration;
using Ovms.Devices.Health;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Observability.Metrics;
using Ovms.Options;
using Ovms.Serving.Draining;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.SharedMemory;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>
/// Runs the server from start to stop, and creates and connects all parts. It opens listeners and loads models. On a stop signal,
/// readiness drops, calls in flight finish, and the rest is freed.
/// </summary>
/// <param name="start">All options.</param>
/// <param name="logging">The log.</param>
/// <param name="stop">Asks it to stop.</param>
/// <param name="listening">Called when the ports are open.</param>
internal sealed class ModelServer(CommandLine.Start start, LogProvider logging, StopSignal stop, Action? listening = null)
{
    // For connections to close whose calls are over, beside calls that are not.
    private static readonly TimeSpan s_farewell = TimeSpan.FromMilliseconds(100);

    // For streams to send their last event after the time of the drain.
    private static readonly TimeSpan s_lastWords = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = logging.CreateLogger("serving");
    private ServerMetrics? _metrics;
    private int _isReadyTold;
    private DeviceWatches? _devices;
    private bool _leftWork;

    /// <summary>
    /// Whether the engine was still working, or holds a device, when <see cref="RunAsync"/> returned: see <see cref="ProcessEnd"/>.
    /// </summary>
    public bool LeftWorkUnfinished => _leftWork || _devices is { Any: true };

    /// <summary>Runs until the stop signal or a failure to start.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        Log.Starting(_log, ServerVersion.Text);
        Outcome ended = await RunToTheEndAsync().ConfigureAwait(false);

        // Order: the failure that ends the process is logged last, after all messages of listeners and models.
        return ended.IsOk ? ExitCode.Ok : Refuse(ended);
    }

    private async Task<Outcome> RunToTheEndAsync()
    {
        // Reading has its own thread: a disk that does not answer must not keep the process from stopping.
        Task<Outcome<ServerConfig>> reading = Task.Factory.StartNew(
            ReadConfig, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (await Task.WhenAny(reading, stop.WaitAsync()).ConfigureAwait(false) != reading)
        {
            _leftWork = true;
            Log.Stopped(_log);
            return Outcome.Ok;
        }

        Outcome<ServerConfig> config = await reading.ConfigureAwait(false);
        SharedRegions regions = SharedRegions.From(start.Server, HostFacts.Current.OpenFilesLimit);
        Outcome<Listeners> listeners = Listeners.From(start.Server, regions.Most);
        if (!config.IsOk || !listeners.IsOk)
        {
            return config.IsOk ? listeners.WithoutValue : config.WithoutValue;
        }

        StartNotes.Write(start, listeners.Value, _log);
        Served served = Served.Create(start.Server.ReadyWhen, _metrics);
        ModelManager.Announce(served.Registry, config.Value.Names);

        // Libraries are loaded and models compiled while the listeners are created, since doing so in sequence would lengthen every start.
        // Models wait until the ports have been checked, so that a process that cannot listen starts no long work.
        Task<Outcome<Engine>> opening = Task.Run(() => Engine.Open(start.Server, _log));
        Outcome free = listeners.Value.CheckFree();
        if (!free.IsOk)
        {
            (await opening.ConfigureAwait(false)).Value?.Dispose();
            return free;
        }

        TaskCompletionSource listened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ConversionBudget conversions = ConversionBudget.OfThisMachine(start.Server.ImageScanMegapixels);
        ModelCalls calls = new(served.Registry, served.Counts, served.Drain.Answers, conversions, regions);
        Task<Outcome<ModelHost>> beginning =
            ModelHost.BeginAsync(opening, listened.Task, start, config.Value, served, calls, _log, stop.Token);
        WebApplication web = listeners.Value.Build(served, calls, _metrics, logging);
        if (_metrics is not null)
        {
            Metering.Connect(_metrics, served, web.Services.GetRequiredService<ConnectionGate>(), listeners.Value.Streams!, logging);
        }

        await using ConfiguredAsyncDisposable webEnd = web.ConfigureAwait(false);
        Outcome open = await listeners.Value.StartAsync(web, _log).ConfigureAwait(false);
        listened.SetResult();
        if (open.IsOk)
        {
            listening?.Invoke();
        }

        Outcome<ModelHost> begun = await beginning.ConfigureAwait(false);
        using ModelHost? modelsEnd = begun.Value;
        _devices = modelsEnd?.Devices;
        if (!begun.IsOk)
        {
            return open.IsOk ? begun.WithoutValue : open;
        }

        if (!open.IsOk)
        {
            _leftWork = await begun.Value.StopAsync(TimeSpan.Zero).ConfigureAwait(false) != StopResult.Clean;
            return open;
        }

        if (_metrics is not null)
        {
            ProcessMetrics.AddBuild(_metrics, ServerVersion.Text, OpenVinoLibrary.BuildNumber);
            Metering.ConnectDevices(_metrics, begun.Value.Devices);
            _metrics.Add(MetricFamilies.PythonRestarts, begun.Value.PythonRestarts.WriteTo);
            _metrics.Add(MetricFamilies.LibraryRestarts, begun.Value.LibraryRestarts.WriteTo);
        }

        return await ServeAsync(web, begun.Value, served).ConfigureAwait(false);
    }

    // An unreadable configuration ends the process. With several models, one with invalid settings does not.
    private Outcome<ServerConfig> ReadConfig()
    {
        Outcome<ServerConfig> read = start.Source.Read();
        if (!read.IsOk)
        {
            return read;
        }

        if (start.Mode == ServeMode.SingleModel && read.Value.Graphs.IsEmpty
            && ModelConfig.From(read.Value.Models[0], start.Server) is { IsOk: false } wrong)
        {
            return wrong.WithoutValue;
        }

        Outcome<MetricSelection> families = Metering.Select(start.Server, read.Value.Monitoring);
        if (!families.IsOk)
        {
            return families.WithoutValue;
        }

        if (!families.Value.IsEmpty)
        {
            _metrics = new ServerMetrics(families.Value);
        }

        return read;
    }

    private async Task<Outcome> ServeAsync(WebApplication web, ModelHost models, Served served)
    {
        SequenceCleaner cleaner = new(served.Registry, TimeProvider.System, _log);
        Task cleaning = cleaner.RunAsync(TimeSpan.FromMinutes(start.Server.SequenceCleanerPollWaitMinutes), stop.Token);
        Task watching = new LateInferences(served.Registry, models.Leaving, TimeProvider.System, _log).RunAsync(stop.Token);
        Task stopped = stop.WaitAsync();
        if (await Task.WhenAny(models.FirstLoad, stopped).ConfigureAwait(false) == models.FirstLoad && !stop.Token.IsCancellationRequested)
        {
            Outcome given = CheckSingleModel(served);
            if (!given.IsOk)
            {
                TimeSpan limit = TimeSpan.FromSeconds(start.Server.DrainTimeoutSeconds);
                _leftWork = await models.StopAsync(limit).ConfigureAwait(false) != StopResult.Clean;
                await web.StopAsync().ConfigureAwait(false);
                return given;
            }

            models.TellFailures(served.Reloads.Status);
            TellStarted(served);
            await PostStartupCollection.RunAsync(stop.Token).ConfigureAwait(false);
            await stopped.ConfigureAwait(false);
        }

        await DrainAsync(web, models, served.Drain).ConfigureAwait(false);
        await cleaning.ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        return Outcome.Ok;
    }

    // A single model that cannot be served ends the process. An empty folder does not count: versions may be added later.
    private Outcome CheckSingleModel(Served served)
    {
        ReloadStatus status = served.Reloads.Status;
        if (start.Mode != ServeMode.SingleModel || served.Registry.Current.AnyAvailable || status.IsClean)
        {
            return Outcome.Ok;
        }

        IEnumerable<string> parts = status.Faults.Select(static fault => fault.ToString())
            .Prepend(status.Config.IsOk ? "" : status.Config.Text)
            .Where(static part => part.Length > 0);
        string why = string.Join("; ", parts);
        return Outcome.Fail(StatusCode.NoModelVersionAvailable, $"The server ends, since its only model cannot be served. {why}");
    }

    private void TellStarted(Served served)
    {
        if (!served.Readiness.IsReady)
        {
            IEnumerable<ModelEntry> missing = served.Registry.Current.Models.Where(static model => model.Default is null);
            Log.NotReady(_log, SinceStart(), string.Join(", ", missing.Select(static model => model.Name)));
        }

        served.Readiness.Changed += TellReadyOnce;
        TellReadyOnce();

        void TellReadyOnce()
        {
            if (served.Readiness.IsReady && Interlocked.Exchange(ref _isReadyTold, 1) == 0)
            {
                Log.Ready(_log, SinceStart());
            }
        }
    }

    private static long SinceStart() => (long)ProcessAge.Own.Now.TotalMilliseconds;

    private async Task DrainAsync(WebApplication web, ModelHost models, Drain drain)
    {
        int seconds = (int)start.Server.DrainTimeoutSeconds;
        long begun = Stopwatch.GetTimestamp();

        // Order: readiness drops and new calls get UNAVAILABLE while the ports stay open; the ports close when no call is in flight.
        // Quiet streams count as answers, and may end before the models have.
        bool hasAnswers = drain.Answers.Any;
        drain.StartDraining();
        Log.Stopping(_log, seconds);
        StopResult ended = await models.StopAsync(Left()).ConfigureAwait(false);
        _leftWork = ended != StopResult.Clean;
        Log.NativeObjects(_log, LiveObjects.Describe());
        if (ended.HasFlag(StopResult.LoadsLeft))
        {
            Log.LoadCutOff(_log);
        }

        if (ended.HasFlag(StopResult.CallsLeft))
        {
            // Streams end with an event that says why.
            drain.StopWaiting();
            await drain.Answers.EndWithinAsync(s_lastWords).ConfigureAwait(false);
        }
        else if (hasAnswers || drain.Answers.Any)
        {
            bool read = await drain.Answers.EndWithinAsync(Left()).ConfigureAwait(false)
                && await web.Services.GetRequiredService<ConnectionGate>().DeliverAsync(Left()).ConfigureAwait(false);
            if (!read)
            {
                Log.AnswersCutOff(_log, seconds);
            }
        }

        // What is left behind now holds its connection, which no patience would close.
        bool mayClose = ended is StopResult.Clean or StopResult.LoadsLeft;
        using CancellationTokenSource patience = new(mayClose ? Timeout.InfiniteTimeSpan : s_farewell);
        await web.StopAsync(patience.Token).ConfigureAwait(false);
        Log.Stopped(_log);

        TimeSpan Left() => TimeSpan.FromTicks(Math.Max(0, TimeSpan.FromSeconds(seconds).Ticks - Stopwatch.GetElapsedTime(begun).Ticks));
    }

    private int Refuse(Outcome failure)
    {
        foreach (string line in failure.Text.Split('\n'))
        {
            Log.Failure(_log, line);
        }

        return FailureCode.Of(failure);
    }
}
