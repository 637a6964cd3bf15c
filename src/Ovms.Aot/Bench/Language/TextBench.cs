using System.Collections.Immutable;
using Ovms.Bench.Measuring;
using Ovms.Generation.Loading;
using Ovms.Generation.Models;
using Ovms.Generation.Steps;
using Ovms.Hosting;
using Ovms.Native;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Bench.Language;

/// <summary>Measures a language model alone in this process, and behind a server in a child process.</summary>
/// <param name="options">The options of the measurement.</param>
/// <param name="concurrency">Numbers of callers.</param>
/// <param name="config">The model's options.</param>
/// <param name="file">Its main file.</param>
/// <param name="modelArguments">The options that the server is started with.</param>
/// <param name="stop">Ends the measurement.</param>
internal sealed class TextBench(
    BenchOptions options, ImmutableArray<int> concurrency, ModelConfig config, ModelFile file, ImmutableArray<string> modelArguments,
    CancellationToken stop)
{
    // Blocks of the KV cache hold at most this many tokens on the CPU, and the last one of a sequence may be nearly empty.
    private const int BlockRoom = 64;

    private int Callers => concurrency.Max();

    private long Tokens => (long)Callers * (options.PromptTokens + options.OutputTokens + BlockRoom);

    /// <summary>Measures.</summary>
    /// <returns>The report, or why the model cannot be measured.</returns>
    public async Task<Outcome<TextReport>> RunAsync(Engine engine, string cacheDir, ILogger log)
    {
        Outcome<LanguageSettings> settings = LanguageSettings.From(config);
        if (!settings.IsOk)
        {
            return settings.WithoutValue;
        }

        LanguageLoader loader = new(engine.Cores, engine.Devices, engine.Cpus, cacheDir, TimeProvider.System, log, static () => { });
        Outcome<LoadedLanguageModel> loaded = loader.LoadAlone(config.Name, file, settings.Value, Tokens);
        if (!loaded.IsOk)
        {
            return loaded.WithoutValue;
        }

        using LoadedLanguageModel raw = loaded.Value;
        Outcome fits = CheckRoom(raw.Runner.Capacity);
        Outcome<BenchServer> started = fits.IsOk ? await BenchServer.StartAsync(modelArguments, stop).ConfigureAwait(false) : fits;
        if (!started.IsOk)
        {
            return started.WithoutValue;
        }

        using BenchServer server = started.Value;
        TextPrompts prompts = new(
            await server.TokenizeAsync(config.Name, TextPrompts.Text).ConfigureAwait(false), (int)options.PromptTokens);
        RawText alone = new(raw.Runner, prompts, (int)options.OutputTokens);
        using OneThread thread = new();
        TextRun run = new(server, alone, thread, prompts, (int)options.OutputTokens, config.Name);
        List<TextRow> rows = [];
        foreach (int callers in concurrency)
        {
            rows.AddRange(await run.RunAsync(callers, TimeSpan.FromSeconds(options.Duration), stop).ConfigureAwait(false));
        }

        stop.ThrowIfCancellationRequested();
        return new TextReport(
            config.BasePath,
            config.Device.Text,
            raw.Lane == ModelLane.Paged ? $"paged attention, KV cache {raw.Cache!.Precision}" : "stateful",
            $"ovms {ServerVersion.Text}, OpenVINO {OpenVinoLibrary.BuildNumber}",
            (int)options.PromptTokens,
            (int)options.OutputTokens,
            Environment.ProcessorCount,
            rows);
    }

    private Outcome CheckRoom(StepCapacity capacity) =>
        Callers > capacity.Sequences
            ? Outcome.Fail(
                StatusCode.OptionsUsageError,
                $"concurrency: {Callers} callers were asked for; the model computes {capacity.Sequences} sequences at a time "
                    + "(max_num_seqs)")
        : capacity.BlockTokens > 0 && (long)capacity.Blocks * capacity.BlockTokens < Tokens
            ? Outcome.Fail(
                StatusCode.OptionsUsageError,
                $"{Callers} callers with prompts of {options.PromptTokens} tokens and answers of {options.OutputTokens} need a KV cache of "
                    + $"{Tokens} tokens; it holds {(long)capacity.Blocks * capacity.BlockTokens} (cache_size)")
        : Outcome.Ok;
}
