using System.Collections.Immutable;
using Ovms.Configuration;
using Ovms.Devices;
using Ovms.Hosting;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Bench.Tuning;

/// <summary>
/// <c>ovms tune</c>: measures arrangements of a model under a load on the real server, a child process, and prints the best one.
/// </summary>
/// <param name="asked">What was asked for.</param>
/// <param name="stop">Ends the search; what was measured is printed.</param>
internal sealed class TuneCommand(CommandLine.Tune asked, CancellationToken stop)
{
    private static readonly string[] s_formKeys = ["PERFORMANCE_HINT", "NUM_STREAMS"];
    private readonly TuneProgress _progress = new(!Console.IsErrorRedirected, TimeSpan.FromSeconds(asked.Options.BudgetSeconds));

    /// <summary>Searches and prints.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync()
    {
        Outcome<ImmutableArray<int>> concurrency = BenchCommand.ParseConcurrency(asked.Measure.Concurrency);
        Outcome<ModelConfig> config = ModelConfig.From(asked.Model, asked.Server);
        if (!concurrency.IsOk || !config.IsOk)
        {
            return Refuse(concurrency.IsOk ? config.WithoutValue : concurrency.WithoutValue);
        }

        try
        {
            OpenVinoLibrary.Load();
            Outcome fits = Check(config.Value);
            return fits.IsOk ? await SearchAsync(config.Value, concurrency.Value).ConfigureAwait(false) : Refuse(fits);
        }
        catch (Exception missing) when (missing is OpenVinoLibraryException or OpenVinoException)
        {
            return Refuse(Outcome.Fail(StatusCode.RuntimeUnavailable, missing.Message));
        }
    }

    private static Outcome Check(ModelConfig config)
    {
        Outcome<ModelVersionFolder> folder = BenchCommand.Find(config);
        if (!folder.IsOk)
        {
            return folder.WithoutValue;
        }

        Outcome<ModelFile> file = ModelFile.Find(folder.Value.Path);
        return file.IsOk && LanguageSettings.AreFor(config, file.Value)
            ? Outcome.Fail(
                StatusCode.ModelConfigInvalid,
                "ovms tune varies hint, streams, infer requests and batch size, which a language model does not have; "
                    + "measure it with ovms bench.")
            : config.Sequences is not null
                ? Outcome.Fail(
                    StatusCode.ModelConfigInvalid,
                    "ovms tune sends independent calls, and a stateful model needs sequences; leave stateful out to measure it.")
            : Outcome.Ok;
    }

    private async Task<int> SearchAsync(ModelConfig config, ImmutableArray<int> concurrency)
    {
        using ServedArrangements served = new(config.Name, asked.Model, config.Settings.BatchSize, asked.Passed, concurrency);
        TuneFacts facts = FactsOf(config, concurrency);
        TuneSearch? search = null;
        search = new TuneSearch(
            (arrangement, turn, cancellation) =>
            {
                _progress.Tell(
                    search!.Elapsed, search.Results.Count(static result => result.IsMeasured), search.Results.Count, arrangement.Text);
                return served.MeasureAsync(arrangement, turn, cancellation);
            },
            new TuneRank(TimeSpan.FromMilliseconds(asked.Options.LatencyMs)),
            concurrency.Length,
            TimeSpan.FromSeconds(asked.Options.BudgetSeconds),
            TimeProvider.System);
        await search.RunAsync(
            ArrangementList.First(facts),
            () => ArrangementList.Others(facts with { IsBatchOpen = IsBatchOpen(config, served.Inputs) }),
            stop).ConfigureAwait(false);
        _progress.End();
        if (search.Results[0].Trouble is { } trouble)
        {
            StandardStreams.TryPrint("", $"{trouble}\n");
            return ExitCode.Failure;
        }

        if (!search.Results[0].IsMeasured)
        {
            StandardStreams.TryPrint(
                "",
                stop.IsCancellationRequested
                    ? "Stopped before anything was measured.\n"
                    : $"Nothing was measured within {asked.Options.BudgetSeconds} s: the model was not loaded and called by then. "
                        + "Give a larger --budget_seconds.\n");
            return ExitCode.Failure;
        }

        TuneReport report = new(
            config.BasePath,
            config.Device.Text,
            served.Description,
            $"ovms {ServerVersion.Text}, OpenVINO {OpenVinoLibrary.BuildNumber}",
            Environment.ProcessorCount,
            asked.Options.LatencyMs,
            search.Results,
            new ConfigEntry(asked.Model, asked.Texts))
        {
            Ended = stop.IsCancellationRequested ? "Stopped before the search was over: these are the figures so far." : null,
        };
        bool isPrinted = StandardStreams.TryPrint(asked.Measure.Json ? report.ToJson() : report.ToTable(), "");
        return isPrinted && report.Best is not null && !stop.IsCancellationRequested ? ExitCode.Ok : ExitCode.Failure;
    }

    private TuneFacts FactsOf(ModelConfig config, ImmutableArray<int> concurrency) => new(Environment.ProcessorCount, concurrency.Max())
    {
        HasOnlyCpu = config.Device.HasOnlyCpu,
        HasStreams = config.Device.Mode == DeviceMode.Single,
        CanAdapt = config.IsAdaptive,
        IsFormGiven = !config.Plugin.Sections.IsEmpty || config.Plugin.Properties.Any(static property => s_formKeys.Contains(property.Key)),
        IsNireqGiven = config.Nireq > 0,
    };

    private static bool IsBatchOpen(ModelConfig config, ImmutableArray<RunningInput> inputs) =>
        !config.Settings.Shape.IsGiven && config.Settings.BatchSize is { Size: null, IsAuto: false }
        && inputs.All(static input => input.Shape is [< 0, ..]);

    private static int Refuse(Outcome failure)
    {
        StandardStreams.TryPrint("", $"{failure.Text}\n");
        return FailureCode.Of(failure);
    }
}
