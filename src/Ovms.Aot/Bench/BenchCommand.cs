using System.Collections.Immutable;
using System.Globalization;
using Ovms.Bench.Language;
using Ovms.Bench.Measuring;
using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Bench;

/// <summary>
/// <c>ovms bench</c>: measures the engine alone in this process and the server in a child process. Both have the same settings, so that
/// the server's overhead shows. With --url it measures a running server instead, and the engine beside it if a model is given.
/// </summary>
/// <param name="asked">What was asked for.</param>
/// <param name="log">Receives warnings.</param>
/// <param name="stop">Ends the measurement.</param>
internal sealed class BenchCommand(CommandLine.Bench asked, ILogger log, CancellationToken stop)
{
    private const int MostCallers = 1024;

    /// <summary>Measures and prints.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        Outcome<ImmutableArray<int>> concurrency = ParseConcurrency(asked.Measure.Concurrency);
        Outcome<ModelConfig> config = ModelConfig.From(asked.Model, asked.Server);
        if (!concurrency.IsOk || !config.IsOk)
        {
            return Refuse(concurrency.IsOk ? config.WithoutValue : concurrency.WithoutValue);
        }

        try
        {
            return asked.Options.Url.Length > 0
                ? await MeasureRunningAsync(config.Value, concurrency.Value).ConfigureAwait(false)
                : await MeasureOwnAsync(config.Value, concurrency.Value).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            StandardStreams.TryPrint("", $"{failure.Message}\n");
            return ExitCode.Failure;
        }
        catch (OpenVinoException failure)
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

    /// <summary>Finds the latest of the versions that are served.</summary>
    internal static Outcome<ModelVersionFolder> Find(ModelConfig config)
    {
        Outcome<ModelRepository> repository = ModelRepository.Open(config.BasePath);
        Outcome<ImmutableArray<ModelVersionFolder>> versions = repository.IsOk
            ? repository.Value.Select(config.Versions)
            : repository.WithoutValue;
        return versions.IsOk ? versions.Value[^1] : versions.WithoutValue;
    }

    private async Task<int> MeasureOwnAsync(ModelConfig config, ImmutableArray<int> concurrency)
    {
        Outcome<Engine> opened = Engine.Open(asked.Server, log);
        using Engine? engine = opened.Value;
        Outcome<ModelVersionFolder> folder = opened.IsOk ? Find(config) : opened.WithoutValue;
        if (!folder.IsOk)
        {
            return Refuse(folder.WithoutValue);
        }

        Outcome<ModelFile> file = ModelFile.Find(folder.Value.Path);
        if (file.IsOk && LanguageSettings.AreFor(config, file.Value))
        {
            TextBench bench = new(asked.Options, concurrency, config, file.Value, asked.Passed, stop);
            Outcome<TextReport> text = await bench.RunAsync(engine!, asked.Server.CacheDir, log).ConfigureAwait(false);
            return text.IsOk ? Print(text.Value.ToJson, text.Value.ToTable) : Refuse(text.WithoutValue);
        }

        if (config.Sequences is not null)
        {
            return Refuse(Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                "ovms bench sends independent calls, and a stateful model needs sequences; leave stateful out to measure it."));
        }

        Outcome<RawEngine> loaded = await RawEngine.LoadAsync(engine!, config, folder.Value, log).ConfigureAwait(false);
        if (!loaded.IsOk)
        {
            return Refuse(loaded.WithoutValue);
        }

        using RawEngine raw = loaded.Value;
        Outcome<BenchServer> started = await BenchServer.StartAsync(asked.Passed, stop).ConfigureAwait(false);
        if (!started.IsOk)
        {
            return Refuse(started.WithoutValue);
        }

        using BenchServer server = started.Value;
        BenchWay[] ways =
        [
            raw.Way,
            BenchWay.Grpc(ServerAddress.Loopback(server.GrpcPort, ServerFront.Grpc), raw.Input, config.Name, server.CostAsync),
            .. BenchWay.Rest(ServerAddress.Loopback(server.RestPort, ServerFront.Rest), raw.Input, config.Name, server.CostAsync),
        ];
        string versions = $"ovms {ServerVersion.Text}, OpenVINO {OpenVinoLibrary.BuildNumber}";
        IReadOnlyList<BenchRow> rows =
            await new BenchRun(ways).RunAsync(concurrency, TimeSpan.FromSeconds(asked.Options.Duration), stop).ConfigureAwait(false);
        BenchReport report = new(
            config.BasePath, config.Device.Text, raw.Input.Description, versions, raw.Requests, Environment.ProcessorCount, rows);
        return Print(report.ToJson, report.ToTable);
    }

    private async Task<int> MeasureRunningAsync(ModelConfig config, ImmutableArray<int> concurrency)
    {
        Outcome<ServerAddress> address = ServerAddress.Parse(asked.Options.Url);
        if (!address.IsOk)
        {
            return Refuse(address.WithoutValue);
        }

        RunningBench bench = new(address.Value, asked.Options, concurrency, config, log, stop);
        Outcome<BenchReport> report = await bench.RunAsync(asked.Server).ConfigureAwait(false);
        return report.IsOk ? Print(report.Value.ToJson, report.Value.ToTable) : Refuse(report.WithoutValue);
    }

    private int Print(Func<string> json, Func<string> table) =>
        StandardStreams.TryPrint(asked.Measure.Json ? json() : table(), "") ? ExitCode.Ok : ExitCode.Failure;

    private static int Refuse(Outcome failure)
    {
        StandardStreams.TryPrint("", $"{failure.Text}\n");
        return FailureCode.Of(failure);
    }
}
