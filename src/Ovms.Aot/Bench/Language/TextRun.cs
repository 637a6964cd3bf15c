using System.Diagnostics;
using Ovms.Bench.Measuring;

namespace Ovms.Bench.Language;

/// <summary>
/// Measures all ways to a language model with one number of callers, in rounds: all callers ask at the same time, and ask again when all
/// have their answers. It takes turns between the ways, so that a disturbance of the machine affects all of them.
/// </summary>
/// <param name="server">The measured server.</param>
/// <param name="raw">The model alone.</param>
/// <param name="thread">Computes it.</param>
/// <param name="prompts">The prompts.</param>
/// <param name="tokens">Tokens of an answer.</param>
/// <param name="model">The model's name.</param>
internal sealed class TextRun(BenchServer server, RawText raw, OneThread thread, TextPrompts prompts, int tokens, string model)
{
    /// <summary>The model alone.</summary>
    public const string Raw = "raw";

    private const int Rounds = 5;

    // The ways over HTTP, and what their requests say.
    private static readonly (string Way, string Fields)[] s_ways =
    [
        ("greedy", "\"temperature\":0"),
        ("sampled", "\"temperature\":0.8,\"top_p\":0.95,\"top_k\":-1"),
    ];

    /// <summary>Measures every way with this number of callers.</summary>
    /// <param name="concurrency">Number of callers.</param>
    /// <param name="duration">How long each way is measured, unless one answer takes longer.</param>
    /// <param name="cancellation">Ends the measurement between two rounds.</param>
    public async Task<IReadOnlyList<TextRow>> RunAsync(int concurrency, TimeSpan duration, CancellationToken cancellation)
    {
        List<(TextRow Row, StreamCaller[] Callers)> ways = [(new TextRow(Raw, concurrency), [])];
        try
        {
            foreach ((string way, string fields) in s_ways)
            {
                StreamCaller[] callers = new StreamCaller[concurrency];
                ways.Add((new TextRow(way, concurrency), callers));
                for (int i = 0; i < concurrency; i++)
                {
                    callers[i] = new StreamCaller(server.RestPort, model, prompts, tokens, fields);
                }
            }

            foreach ((_, StreamCaller[] callers) in ways)
            {
                await AskAsync(callers, new TextRow("", concurrency)).ConfigureAwait(false);
            }

            for (int round = 0; round < Rounds && !cancellation.IsCancellationRequested; round++)
            {
                // Each round begins with another way: none is always measured after the same one.
                for (int i = 0; i < ways.Count; i++)
                {
                    (TextRow row, StreamCaller[] callers) = ways[(i + round) % ways.Count];
                    await MeasureAsync(callers, row, duration / Rounds, cancellation).ConfigureAwait(false);
                }
            }

            return [.. ways.Select(static way => way.Row)];
        }
        finally
        {
            foreach (StreamCaller? caller in ways.SelectMany(static way => way.Callers))
            {
                caller?.Dispose();
            }
        }
    }

    private async Task MeasureAsync(StreamCaller[] callers, TextRow row, TimeSpan duration, CancellationToken cancellation)
    {
        long measured = row.Tokens;
        ProcessCost before = await CostAsync(row).ConfigureAwait(false);
        long started = Stopwatch.GetTimestamp();
        do
        {
            await AskAsync(callers, row).ConfigureAwait(false);
        }
        while (Stopwatch.GetElapsedTime(started) < duration && !cancellation.IsCancellationRequested);

        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        row.Elapsed += elapsed;
        row.RatesInRounds.Add((row.Tokens - measured) / elapsed.TotalSeconds);
        ProcessCost after = await CostAsync(row).ConfigureAwait(false);
        row.ProcessorTime += after.Time - before.Time;
        row.AllocatedInRounds.Add((double)(after.Bytes - before.Bytes) / (row.Tokens - measured));
    }

    private async Task AskAsync(StreamCaller[] callers, TextRow row)
    {
        if (callers.Length == 0)
        {
            await thread.RunAsync(() => raw.Run(row.Concurrency, row)).ConfigureAwait(false);
            return;
        }

        IEnumerable<Task<(LatencyHistogram First, LatencyHistogram Between)>> running = callers.Select(caller => Task.Run(async () =>
        {
            (LatencyHistogram first, LatencyHistogram between) = (new(), new());
            await caller.CallAsync(first, between).ConfigureAwait(false);
            return (first, between);
        }));
        foreach ((LatencyHistogram first, LatencyHistogram between) in await Task.WhenAll(running).ConfigureAwait(false))
        {
            row.First.Add(first);
            row.Between.Add(between);
        }

        row.Tokens += (long)callers.Length * tokens;
    }

    private Task<ProcessCost> CostAsync(TextRow row) => row.Way == Raw ? Task.FromResult(ProcessCost.OfThis()) : server.CostAsync();
}
