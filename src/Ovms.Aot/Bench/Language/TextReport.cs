using System.Globalization;
using System.Text.Json;
using System.Text;
using Ovms.Bench.Measuring;

namespace Ovms.Bench.Language;

/// <summary>The results as a table for users or JSON for programs. For each number of callers the raw row comes first.</summary>
internal sealed record TextReport(
    string Model, string Device, string Lane, string Versions, int PromptTokens, int OutputTokens, int Processors,
    IReadOnlyList<TextRow> Rows)
{
    private static readonly string[] s_columns =
    [
        "callers", "way", "tokens/s", "of raw", "first p50 ms", "first p95 ms", "between p50 ms", "between p99 ms", "cpu us/token",
        "bytes/token",
    ];

    // A share from which on the model decides, and one that only a disturbed measurement exceeds.
    private const double Reached = 0.97;
    private const double Impossible = 1.03;

    /// <summary>What the figures with the most callers mean.</summary>
    public string Verdict
    {
        get
        {
            int callers = Rows.Max(static row => row.Concurrency);
            IEnumerable<TextRow> served = Rows.Where(row => row.Concurrency == callers && row.Way != TextRun.Raw);
            TextRow best = served.MaxBy(static row => row.TokensPerSecond)!;
            double share = ShareOf(best);
            string limit = share > Impossible ? "the bare steps were disturbed while they were measured"
                : share >= Reached ? "the model is the limit, not the server"
                : "the rest is scheduling, sampling, text and HTTP, of server and callers";
            return $"With {(callers == 1 ? "1 caller" : $"{callers} callers")}, {best.Way} streams reach {Number(share * 100, "0.0")} % "
                + $"of the model's bare steps: {limit}.";
        }
    }

    private IReadOnlyList<string> Warnings =>
        Spread.Warnings(Rows.Select(static row => ($"{row.Way} with {row.Concurrency}", (IReadOnlyCollection<double>)row.RatesInRounds)));

    /// <summary>Lines of aligned columns.</summary>
    public string ToTable() => new StringBuilder()
        .Append(
            CultureInfo.InvariantCulture,
            $"{Model} on {Device}, {Lane}, {Processors} processors; prompts of {PromptTokens} tokens, answers of {OutputTokens}\n")
        .Append(CultureInfo.InvariantCulture, $"{Versions}\n\n")
        .Append(TextTable.Of([s_columns, .. Rows.Select(Cells)], leftColumn: 1))
        .Append("\nraw: the model's steps alone, greedy. greedy, sampled (temperature 0.8, top_p 0.95): streamed by the server over\n")
        .Append("HTTP. tokens/s: of all callers, the time of their prompts included. first: time to the first token. between: from\n")
        .Append("token to token. cpu, bytes (managed heap): of the server's process, for raw of this one. The callers share the\n")
        .Append("machine with the server.\n\n")
        .AppendJoin('\n', [$"Verdict: {Verdict}", .. Warnings.Select(static warning => $"Warning: {warning}")])
        .Append('\n')
        .ToString();

    /// <summary>One JSON object.</summary>
    public string ToJson() => ReportJson.Of(
        writer =>
        {
            writer.WriteString("model", Model);
            writer.WriteString("device", Device);
            writer.WriteString("lane", Lane);
            writer.WriteString("versions", Versions);
            writer.WriteNumber("prompt_tokens", PromptTokens);
            writer.WriteNumber("output_tokens", OutputTokens);
            writer.WriteNumber("processors", Processors);
            ReportJson.WriteVerdict(writer, Verdict, Warnings);
        },
        Rows,
        Write);

    private double ShareOf(TextRow row) =>
        RoundRatio.Of(row.RatesInRounds, Rows.First(other => other.Concurrency == row.Concurrency).RatesInRounds);

    private string[] Cells(TextRow row) =>
    [
        row.Concurrency.ToString(CultureInfo.InvariantCulture),
        row.Way,
        Number(row.TokensPerSecond, "0.0"),
        Number(ShareOf(row) * 100, "0.0") + " %",
        Number(row.First.Quantile(0.5).TotalMilliseconds, "0.0"),
        Number(row.First.Quantile(0.95).TotalMilliseconds, "0.0"),
        Number(row.Between.Quantile(0.5).TotalMilliseconds, "0.00"),
        Number(row.Between.Quantile(0.99).TotalMilliseconds, "0.00"),
        Number(row.CpuSecondsPerToken * 1e6, "0"),
        Number(row.AllocatedBytesPerToken, "0"),
    ];

    private void Write(Utf8JsonWriter writer, TextRow row)
    {
        writer.WriteStartObject();
        writer.WriteNumber("concurrency", row.Concurrency);
        writer.WriteString("way", row.Way);
        writer.WriteNumber("tokens", row.Tokens);
        writer.WriteNumber("tokens_per_second", Math.Round(row.TokensPerSecond, 2));
        writer.WriteNumber("share_of_raw", Math.Round(ShareOf(row), 4));
        writer.WriteNumber("first_p50_us", row.First.Quantile(0.5).TotalMicroseconds);
        writer.WriteNumber("first_p95_us", row.First.Quantile(0.95).TotalMicroseconds);
        writer.WriteNumber("between_p50_us", row.Between.Quantile(0.5).TotalMicroseconds);
        writer.WriteNumber("between_p99_us", row.Between.Quantile(0.99).TotalMicroseconds);
        writer.WriteNumber("cpu_seconds_per_token", row.CpuSecondsPerToken);
        writer.WriteNumber("allocated_bytes_per_token", Math.Round(row.AllocatedBytesPerToken, 1));
        writer.WriteEndObject();
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
