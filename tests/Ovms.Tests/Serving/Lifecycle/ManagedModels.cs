using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ovms.Configuration;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>
/// A manager over folders that a test fills, on a clock that a test moves. What is in a version's file decides how its load ends:
/// "bad" fails, "held" waits for <see cref="Release"/>, anything else becomes the dummy model on the real engine.
/// </summary>
internal sealed class ManagedModels : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly Source _source = new();
    private readonly Served _served;
    private readonly ManualResetEventSlim _release = new();
    private readonly ConcurrentDictionary<string, ManualResetEventSlim> _hanging = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes it; nothing is looked at before the first reload.</summary>
    /// <param name="poll">Between looks; a second when not given.</param>
    /// <param name="drain">How long a reload waits for calls of what it removes; not at all when not given.</param>
    /// <param name="rule">What readiness asks for.</param>
    /// <param name="loadGrace">How long a stop waits for loads; as long as it takes when not given.</param>
    /// <param name="stepLimit">How long a disk may take to answer; as long as it takes when not given.</param>
    public ManagedModels(TimeSpan? poll = null, TimeSpan? drain = null, ReadyRule rule = ReadyRule.All, TimeSpan? loadGrace = null, TimeSpan? stepLimit = null)
    {
        _served = Served.Create(rule, metrics: null);
        Readiness.Changed += Wake;
        Clock.TimerSet += Wake;
        Log.Written += Wake;
        LifecyclePace pace = new(poll ?? TimeSpan.FromSeconds(1), drain ?? TimeSpan.Zero);
        DesiredReader reader = new(_source, new ServerOptions(), null) { Steps = new LookSteps(stepLimit ?? s_patience), OpenRepository = Open };
        Manager = new ModelManager(Registry, Readiness, Reloads, reader, Load, pace, Clock, Log) { LoadGrace = loadGrace ?? s_patience };
    }

    public ServableRegistry Registry => _served.Registry;

    public Readiness Readiness => _served.Readiness;

    public Reloads Reloads => _served.Reloads;

    public FakeClock Clock { get; } = new();

    public ModelManager Manager { get; }

    public Lines Log { get; } = new();

    /// <summary>Every load that was begun, as "m/1".</summary>
    public ConcurrentQueue<string> Loads { get; } = new();

    /// <summary>When each was begun.</summary>
    public ConcurrentQueue<(string Load, TimeSpan At)> LoadTimes { get; } = new();

    /// <summary>How often the configuration was read.</summary>
    public int Reads => _source.Reads;

    /// <summary>Writes a version's file; the time makes the file differ from an earlier one.</summary>
    public void Put(string model, long version, string content = "good", int second = 0)
    {
        string file = _folder.Write($"{model}/{version}/model.onnx", System.Text.Encoding.UTF8.GetBytes(content));
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(10_000).AddSeconds(second));
    }

    /// <summary>Removes a version's folder, or a whole model's.</summary>
    public void Remove(string model, long? version = null) => Directory.Delete(_folder[version is null ? model : $"{model}/{version}"], recursive: true);

    /// <summary>Sets what is configured.</summary>
    public void Configure(params ModelOptions[] models) =>
        _source.Set(new ServerConfig { Models = [.. models], Fingerprint = string.Join('\n', models.Select(static model => model.ToString())) });

    /// <summary>Makes the configuration unreadable.</summary>
    public void Spoil(string why) => _source.Set(Outcome.Fail(StatusCode.ModelConfigInvalid, why));

    /// <summary>Makes the next read of the configuration throw what nobody expects, once.</summary>
    public void ThrowOnce(Exception surprise) => _source.ThrowOnce(surprise);

    /// <summary>A model's options.</summary>
    public ModelOptions Model(string name, string policy = "", string device = "CPU", uint? loadTimeout = null, string? path = null) =>
        new() { ModelName = name, ModelPath = _folder[path ?? name], ModelVersionPolicy = policy, TargetDevice = device, LoadTimeoutSeconds = loadTimeout };

    /// <summary>Lets the disk of a model hang until <see cref="Answer"/>.</summary>
    public void Hang(string model) => _hanging[_folder[model]] = new ManualResetEventSlim();

    /// <summary>Lets the disk of a model answer again.</summary>
    public void Answer(string model)
    {
        if (_hanging.TryRemove(_folder[model], out ManualResetEventSlim? gone))
        {
            gone.Set();
        }
    }

    /// <summary>Moves the clock until something holds.</summary>
    /// <param name="seconds">By how much at a time.</param>
    /// <param name="holds">What is waited for.</param>
    public async Task PassTimeUntilAsync(int seconds, Func<bool> holds)
    {
        using CancellationTokenSource patience = new(s_patience);
        while (!holds())
        {
            Clock.Advance(TimeSpan.FromSeconds(seconds));
            await Clock.WhenSetAsync();
            await Task.Yield();
            if (patience.IsCancellationRequested)
            {
                throw new InvalidOperationException(Log.ToString());
            }
        }
    }

    /// <summary>Asks for a reload and waits for its end.</summary>
    public async Task<ReloadResult> ReloadAsync() => (await Reloads.ReloadAsync(CancellationToken.None).WaitAsync(s_patience)).Value!;

    /// <summary>Moves the clock to the next time that something is due, and waits until the look that follows was taken in.</summary>
    public async Task PollAsync()
    {
        int reads;
        do
        {
            reads = _source.Reads;
            Clock.Advance(await Clock.WhenSetAsync());
            await Clock.WhenSetAsync();
        }
        while (_source.Reads == reads);
    }

    /// <summary>Waits until a model's rows read so: "1 END, 2 AVAILABLE".</summary>
    public async Task ExpectAsync(string model, string rows)
    {
        await UntilAsync(() => RowsOf(model) == rows, () => $"{model}: {RowsOf(model)}; wanted: {rows}\n{Log}");
    }

    /// <summary>Waits until something holds, and tells the log when it does not come.</summary>
    public Task UntilAsync(Func<bool> holds) => UntilAsync(holds, Log.ToString);

    /// <summary>Waits until something holds; looks after every change of readiness, every step of the loop and every line of the log.</summary>
    public async Task UntilAsync(Func<bool> holds, Func<string> otherwise)
    {
        while (true)
        {
            Task change = Volatile.Read(ref _changed).Task;
            if (holds())
            {
                return;
            }

            try
            {
                await change.WaitAsync(s_patience);
            }
            catch (TimeoutException)
            {
                throw new InvalidOperationException(otherwise());
            }
        }
    }

    /// <summary>A model's rows as text.</summary>
    public string RowsOf(string model) =>
        string.Join(", ", Registry.Current.Models.Where(entry => entry.Name == model).SelectMany(static entry => entry.Versions)
            .Select(static row => $"{row.Version} {row.State.ToString().ToUpperInvariant()}{(row.Error == LoadError.Ok ? "" : " UNKNOWN")}"));

    /// <summary>What serves a version.</summary>
    public Servable? ServableOf(string model, long version) =>
        Registry.Current.Models.Single(entry => entry.Name == model).Versions.SingleOrDefault(row => row.Version == version)?.Servable;

    /// <summary>Whether the test has ended the manager beside a load that still runs.</summary>
    public bool IsLeftAtWork { get; set; }

    /// <summary>Lets the held loads go on.</summary>
    public void Release() => _release.Set();

    public async ValueTask DisposeAsync()
    {
        _release.Set();
        foreach (ManualResetEventSlim gone in _hanging.Values)
        {
            gone.Set();
        }

        StopResult ended = await Manager.StopAsync(s_patience);
        _folder.Dispose();
        await Assert.That(ended).IsEqualTo(IsLeftAtWork ? StopResult.LoadsLeft : StopResult.Clean);
    }

    private void Wake() => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private Outcome<ModelRepository> Open(string basePath)
    {
        if (_hanging.TryGetValue(basePath, out ManualResetEventSlim? gone))
        {
            gone.Wait(s_patience);
        }

        return ModelRepository.Open(basePath);
    }

    private Outcome<LoadedModel> Load(ServableId id, ModelVersionFolder folder, ModelConfig config, bool isReturn)
    {
        LoadTimes.Enqueue(($"{id.Name}/{id.Version}", TimeSpan.FromTicks(Clock.GetTimestamp())));
        Loads.Enqueue($"{id.Name}/{id.Version}");
        Wake();
        string content = File.ReadAllText(Path.Combine(folder.Path, "model.onnx"));
        if (content == "held")
        {
            _release.Wait(s_patience);
        }

        return content == "bad" || config.Device.Text == "NPU" ? Outcome.Fail(StatusCode.ModelNotLoaded, "The file is bad.") : DummyServable.Load(1, 16);
    }

    /// <summary>All lines of a log.</summary>
    internal sealed class Lines : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public event Action? Written;

        public int Count(string part) => _lines.Count(line => line.Contains(part, StringComparison.Ordinal));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            _lines.Enqueue($"[{logLevel}] {formatter(state, exception)}");
            Written?.Invoke();
        }

        public override string ToString() => string.Join('\n', _lines);
    }

    private sealed class Source : ConfigSource
    {
        private Outcome<ServerConfig>[] _config = [new ServerConfig { Models = [], Fingerprint = "" }];
        private Exception? _surprise;
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public void Set(Outcome<ServerConfig> config) => Volatile.Write(ref _config, [config]);

        public void ThrowOnce(Exception surprise) => Volatile.Write(ref _surprise, surprise);

        public override Outcome<ServerConfig> Read()
        {
            Interlocked.Increment(ref _reads);
            if (Interlocked.Exchange(ref _surprise, null) is { } surprise)
            {
                throw surprise;
            }

            return Volatile.Read(ref _config)[0];
        }
    }
}
