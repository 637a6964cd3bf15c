using System.Globalization;
using System.Text;
using System.Text.Json;
using Ovms.Bench.Measuring;

namespace Ovms.Bench.Tuning;

/// <summary>The results as a table for users or JSON for programs.</summary>
/// <param name="Model">Path of the model.</param>
/// <param name="Device">The device.</param>
/// <param name="Input">Names and shapes of the request.</param>
/// <param name="Versions">What was measured.</param>
/// <param name="Processors">CPUs of this machine.</param>
/// <param name="LatencyMs">The bound of p99 in milliseconds; 0 for none.</param>
/// <param name="Results">What was measured and what was not.</param>
/// <param name="Entry">Makes the entry of config.json.</param>
internal sealed record TuneReport(
    string Model, string Device, string Input, string Versions, int Processors, uint LatencyMs, IReadOnlyList<TuneResult> Results,
    ConfigEntry Entry)
{
    private readonly TuneRank _rank = new(TimeSpan.FromMilliseconds(LatencyMs));

    /// <summary>The recommended result; null if there is none.</summary>
    public TuneResult? Best => _rank.Best(Results);

    /// <summary>Why the search ended early; null if it did not.</summary>
    public string? Ended { get; init; }

    private IReadOnlyList<TuneResult> Ordered => _rank.Order(Results);

    /// <summary>What the figures mean, in a sentence or two.</summary>
    public string Verdict
    {
        get
        {
            IReadOnlyList<TuneResult> ordered = Ordered;
            if (Best is not { } best)
            {
                return ordered.Count == 0
                    ? "nothing was measured."
                    : $"no settings hold a p99 of {LatencyMs} ms with every number of callers. "
                        + $"The nearest are \"{ordered[0].Arrangement.Text}\" with {Milliseconds(ordered[0].Slowest)} ms.";
            }

            TuneResult first = Results[0];
            string gain = best == first || !first.IsMeasured 
                ? ""
                : $", with {Number(best.Score / first.Score, "0.00")} times the calls of \"{first.Arrangement.Text}\"";
            string beside = ordered.FirstOrDefault(result => result != best && _rank.Holds(result)) is { } next
                ? $" Next: \"{next.Arrangement.Text}\" with {Number(next.Score / best.Score * 100, "0")} % of it."
                : "";
            string batch = best.Arrangement.BatchSize is { } size ? $" Calls of another batch size than {size} are then rejected." : "";
            return $"\"{best.Arrangement.Text}\" serves this load best{gain}.{beside}{batch}";
        }
    }

    /// <summary>The table, the verdict and the entry.</summary>
    public string ToTable()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Model} on {Device}, {Processors} processors; input {Input}\n{Versions}\n\n");
        if (Ordered.Count > 0)
        {
            string[] columns = ["settings", "callers", "calls/s", "p50 ms", "p99 ms", "of best", "calls"];
            text.Append(TextTable.Of([columns, .. Ordered.SelectMany(RowsOf)], leftColumn: 0)).Append('\n');
            text.Append("of best: calls/s compared with the recommended settings, with as many callers. calls: how many were ")
                .Append("measured.\n\n");
        }

        foreach (IGrouping<string, string> reason in NotMeasured.GroupBy(static one => one.Reason, static one => one.Settings))
        {
            text.Append(CultureInfo.InvariantCulture, $"Not measured, because {reason.Key}: {string.Join("; ", reason)}\n");
        }

        text.Append(Ended is null ? "" : $"{Ended}\n").Append(CultureInfo.InvariantCulture, $"Verdict: {Verdict}\n");
        text.Append(Best is { } best ? $"\nAs an entry of model_config_list in config.json:\n{Entry.Text(best.Arrangement)}\n" : "");
        return text.ToString();
    }

    /// <summary>One JSON object.</summary>
    public string ToJson() => ReportJson.Of(
        writer =>
        {
            writer.WriteString("model", Model);
            writer.WriteString("device", Device);
            writer.WriteString("input", Input);
            writer.WriteString("versions", Versions);
            writer.WriteNumber("processors", Processors);
            writer.WriteNumber("latency_ms", LatencyMs);
            ReportJson.WriteVerdict(writer, Verdict, Ended is null ? [] : [Ended]);
            WriteBest(writer);
            writer.WriteStartArray("not_measured");
            foreach ((string settings, string reason) in NotMeasured)
            {
                writer.WriteStartObject();
                writer.WriteString("settings", settings);
                writer.WriteString("reason", reason);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        },
        Ordered.SelectMany(static result => result.Figures.Select(figures => (result, figures))),
        (writer, row) => Write(writer, row.result, row.figures));

    private IEnumerable<(string Settings, string Reason)> NotMeasured => Results.Where(static result => !result.IsMeasured)
        .Select(result => (
            result.Arrangement.Text,
            result.Trouble is { } trouble ? ReasonIn(trouble) : Ended is null ? "the time was over" : "the search was stopped"));

    private void WriteBest(Utf8JsonWriter writer)
    {
        if (Best is { } best)
        {
            writer.WriteStartObject("best");
            writer.WriteString("settings", best.Arrangement.Text);
            writer.WritePropertyName("entry");
            Entry.Write(writer, best.Arrangement);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("best");
        }
    }

    private void Write(Utf8JsonWriter writer, TuneResult result, TuneFigures figures)
    {
        writer.WriteStartObject();
        writer.WriteString("settings", result.Arrangement.Text);
        writer.WriteNumber("concurrency", figures.Callers);
        writer.WriteNumber("calls", figures.Latency.Count);
        writer.WriteNumber("calls_per_second", Math.Round(figures.CallsPerSecond, 2));
        writer.WriteNumber("p50_us", figures.Latency.Quantile(0.5).TotalMicroseconds);
        writer.WriteNumber("p99_us", figures.Latency.Quantile(0.99).TotalMicroseconds);
        writer.WriteBoolean("holds_latency", _rank.Holds(result));
        writer.WriteNumber("seconds", Math.Round(figures.Elapsed.TotalSeconds, 2));
        writer.WriteEndObject();
    }

    private IEnumerable<string[]> RowsOf(TuneResult result)
    {
        IEnumerable<TuneFigures?> compared = Best?.Figures ?? Enumerable.Repeat<TuneFigures?>(null, result.Figures.Count);
        return result.Figures.Zip(compared, (figures, best) => (string[])
        [
            result.Arrangement.Text,
            figures.Callers.ToString(CultureInfo.InvariantCulture),
            Number(figures.CallsPerSecond, "0.0"),
            Milliseconds(figures.Latency.Quantile(0.5)),
            Milliseconds(figures.Latency.Quantile(0.99)),
            best is { CallsPerSecond: > 0 } ? Number(figures.CallsPerSecond / best.CallsPerSecond * 100, "0") + " %" : "",
            figures.Latency.Count.ToString(CultureInfo.InvariantCulture),
        ]);
    }

    // Of a server that did not start, the last line of its log says why.
    private static string ReasonIn(string trouble) => trouble.TrimEnd().Split('\n')[^1].Trim();

    private static string Milliseconds(TimeSpan time) => Number(time.TotalMilliseconds, "0.000");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
