using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Threading.Channels;
using Ovms.Bench.Language;
using Ovms.Bench.Measuring;
using Ovms.Hosting;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Serving.Requests;
using Ovms.Serving.Table;
using Ovms.Serving;
using Ovms.Status;

namespace Ovms.Bench;

/// <summary>
/// <c>ovms bench</c>: measures the engine alone in this process and the server in a child process. Both have the same settings, so that
/// the server's overhead shows.
/// </summary>
internal sealed class BenchCommand(
    BenchOptions options,
    ServerOptions serverOptions,
    ModelOptions model,
    ImmutableArray<string> modelArguments,
    ILogger log,
    CancellationToken stop)
{
    private const int MostCallers = 1024;

    /// <summary>Measures and prints.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        Outcome<ImmutableArray<int>> concurrency = ParseConcurrency(options.Concurrency);
        Outcome<ModelConfig> config = ModelConfig.From(model, serverOptions);
        if (!concurrency.IsOk || !config.IsOk)
        {
            return Refuse(concurrency.IsOk ? config.WithoutValue : concurrency.WithoutValue);
        }

        Outcome<Engine> opened = Engine.Open(serverOptions, log);
        using Engine? engine = opened.Value;
        Outcome<ModelVersionFolder> folder = opened.IsOk ? Find(config.Value) : opened.WithoutValue;
        if (!folder.IsOk)
        {
            return Refuse(folder.WithoutValue);
        }

        try
        {
            Outcome<ModelFile> file = ModelFile.Find(folder.Value.Path);
            return file.IsOk && LanguageSettings.AreFor(config.Value, file.Value)
                ? await MeasureTextAsync(engine!, config.Value, file.Value, concurrency.Value).ConfigureAwait(false)
                : await MeasureAsync(engine!, config.Value, folder.Value, concurrency.Value).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or SocketException or HttpRequestException or OpenVinoException)
        {
            return Refuse(Outcome.Fail(StatusCode.InternalInferenceError, failure.Message));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Failure;
        }
        catch (OperationCanceledException late)
        {
            return Refuse(Outcome.Fail(StatusCode.InternalInferenceError, $"The measured server does not answer: {late.Message}"));
        }
    }

    /// <summary>Reads the numbers of callers: 1 to 1024 each, separated by commas.</summary>
    internal static Outcome<ImmutableArray<int>> ParseConcurrency(string text)
    {
        List<int> counts = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count is < 1 or > MostCallers)
            {
                return Outcome.Fail(
                    StatusCode.OptionsUsageError,
                    $"concurrency takes numbers of callers from 1 to {MostCallers}, separated by commas, as in 1,2,4,8; "
                        + $"got {Shown.Bounded(text)}");
            }

            counts.Add(count);
        }

        return counts.ToImmutableArray();
    }

    private static Outcome<ModelVersionFolder> Find(ModelConfig config)
    {
        Outcome<ModelRepository> repository = ModelRepository.Open(config.BasePath);
        Outcome<ImmutableArray<ModelVersionFolder>> versions = repository.IsOk
            ? repository.Value.Select(config.Versions)
            : repository.WithoutValue;
        return versions.IsOk ? versions.Value[^1] : versions.WithoutValue;
    }

    private async Task<int> MeasureTextAsync(Engine engine, ModelConfig config, ModelFile file, ImmutableArray<int> concurrency)
    {
        TextBench bench = new(options, concurrency, config, file, modelArguments, stop);
        Outcome<TextReport> report = await bench.RunAsync(engine, serverOptions.CacheDir, log).ConfigureAwait(false);
        return report.IsOk ? Print(report.Value.ToJson, report.Value.ToTable) : Refuse(report.WithoutValue);
    }

    private async Task<int> MeasureAsync(
        Engine engine, ModelConfig config, ModelVersionFolder folder, ImmutableArray<int> concurrency)
    {
        if (config.Sequences is not null)
        {
            return Refuse(Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                "ovms bench sends independent calls, and a stateful model needs sequences; leave stateful out to measure it."));
        }

        ModelLoader loader = new(engine.Cores, engine.Devices, engine.Cpus, log);
        Outcome<LoadedModel> loaded = loader.Load(new ServableId(config.Name, folder.Version), folder, config);
        if (!loaded.IsOk)
        {
            return Refuse(loaded.WithoutValue);
        }

        using LoadedModel raw = loaded.Value;
        using BenchInput input = new(raw.Signature);
        Channel<InferSlot> slots = await RawCaller.PrepareAsync(raw.Pool, input).ConfigureAwait(false);
        try
        {
            Outcome<BenchServer> started = await BenchServer.StartAsync(modelArguments, stop).ConfigureAwait(false);
            if (!started.IsOk)
            {
                return Refuse(started.WithoutValue);
            }

            using BenchServer server = started.Value;
            BenchRun run = new(server, slots, input, config.Name);
            List<BenchRow> rows = [];
            foreach (int callers in concurrency)
            {
                rows.AddRange(await run.RunAsync(callers, TimeSpan.FromSeconds(options.Duration), stop).ConfigureAwait(false));
            }

            stop.ThrowIfCancellationRequested();
            string versions = $"ovms {ServerVersion.Text}, OpenVINO {OpenVinoLibrary.BuildNumber}";
            BenchReport report =
                new(config.BasePath, config.Device.Text, input.Description, versions, raw.Pool.Size, Environment.ProcessorCount, rows);
            return Print(report.ToJson, report.ToTable);
        }
        finally
        {
            while (slots.Reader.TryRead(out InferSlot? slot))
            {
                slot.Return();
            }
        }
    }

    private int Print(Func<string> json, Func<string> table) =>
        StandardStreams.TryPrint(options.Json ? json() : table(), "") ? ExitCode.Ok : ExitCode.Failure;

    private static int Refuse(Outcome failure)
    {
        StandardStreams.TryPrint("", $"{failure.Text}\n");
        return FailureCode.Of(failure);
    }
}
