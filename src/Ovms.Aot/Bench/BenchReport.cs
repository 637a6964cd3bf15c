using System.Globalization;
using System.Text.Json;
using System.Text;
using Ovms.Bench.Measuring;

namespace Ovms.Bench;

/// <summary>The results as a table for users or JSON for programs. For each number of callers the raw row comes first.</summary>
/// <param name="Model">Path of the model, or its name on a running server.</param>
/// <param name="Device">The device, or the address of a running server.</param>
/// <param name="Input">Names and shapes of the inputs.</param>
/// <param name="Versions">What was measured.</param>
/// <param name="InferRequests">Infer requests of the engine; null if it is not measured.</param>
/// <param name="Processors">CPUs of this machine.</param>
/// <param name="Rows">The results.</param>
internal sealed record BenchReport(
    string Model, string Device, string Input, string Versions, int? InferRequests, int Processors, IReadOnlyList<BenchRow> Rows)
{
    private const string None = "";

    /// <summary>What the figures mean.</summary>
    public string Verdict => BenchVerdict.Of(Rows, Processors);

    private IReadOnlyList<string> Warnings =>
        Spread.Warnings(Rows.Select(static row => ($"{row.Way} with {row.Concurrency}", (IReadOnlyCollection<double>)row.RatesInRounds)));

    private bool HasRaw => Rows.Any(static row => row.IsRaw);

    private bool HasCost => Rows.Any(static row => row is { IsRaw: false, ProcessorTime: not null });

    /// <summary>Lines of aligned columns, and what they mean.</summary>
    public string ToTable()
    {
        string requests = InferRequests is { } count ? $", {count} infer requests" : "";
        string[] columns =
        [
            "callers", "way", "calls/s", "spread", "p50 ms", "p90 ms", "p99 ms",
            .. HasRaw ? (string[])["of raw", "added us"] : [], .. HasCost ? (string[])["cpu ms/call", "bytes/call"] : [],
        ];
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Model} on {Device}{requests}, {Processors} processors; input {Input}\n{Versions}\n\n")
            .Append(TextTable.Of([columns, .. Rows.Select(Cells)], leftColumn: 1))
            .Append("\nspread: difference of the fastest and the slowest of 5 rounds.");
        text.Append(HasRaw ? " of raw: calls/s compared with the engine alone,\nmedian of the rounds. added us: p50 above its own." : "")
            .Append(HasCost ? " cpu, bytes (managed heap): of the server's process, for raw of this one." : "")
            .Append(HasCost ? "\nThe callers share the machine with the server and are measured with it.\n" : "\n")
            .Append(CultureInfo.InvariantCulture, $"\nVerdict: {Verdict}\n");
        foreach (string warning in Warnings)
        {
            text.Append(CultureInfo.InvariantCulture, $"Warning: {warning}\n");
        }

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
            WriteNumber(writer, "infer_requests", InferRequests);
            writer.WriteNumber("processors", Processors);
            ReportJson.WriteVerdict(writer, Verdict, Warnings);
        },
        Rows,
        Write);

    private BenchRow? RawOf(BenchRow row) => Rows.FirstOrDefault(raw => raw.Concurrency == row.Concurrency && raw.IsRaw);

    private double? ShareOf(BenchRow row) => RawOf(row) is { } raw ? RoundRatio.Of(row.RatesInRounds, raw.RatesInRounds) : null;

    private double? AddedOf(BenchRow row) =>
        RawOf(row) is { } raw ? (row.Latency.Quantile(0.5) - raw.Latency.Quantile(0.5)).TotalMicroseconds : null;

    private string[] Cells(BenchRow row) =>
    [
        row.Concurrency.ToString(CultureInfo.InvariantCulture),
        row.Way,
        Number(row.CallsPerSecond, "0.0"),
        Number(Spread.Of(row.RatesInRounds) * 100, "0") + " %",
        Number(row.Latency.Quantile(0.5).TotalMilliseconds, "0.000"),
        Number(row.Latency.Quantile(0.9).TotalMilliseconds, "0.000"),
        Number(row.Latency.Quantile(0.99).TotalMilliseconds, "0.000"),
        .. HasRaw ? (string[])[Number(ShareOf(row) * 100, "0.0") + " %", Number(AddedOf(row), "0")] : [],
        .. HasCost ? (string[])[Number(row.CpuSecondsPerCall * 1000, "0.000"), Number(row.AllocatedBytesPerCall, "0")] : [],
    ];

    private void Write(Utf8JsonWriter writer, BenchRow row)
    {
        writer.WriteStartObject();
        writer.WriteNumber("concurrency", row.Concurrency);
        writer.WriteString("way", row.Way);
        writer.WriteNumber("calls", row.Latency.Count);
        writer.WriteNumber("calls_per_second", Math.Round(row.CallsPerSecond, 2));
        writer.WriteNumber("spread", Math.Round(Spread.Of(row.RatesInRounds), 4));
        writer.WriteNumber("p50_us", row.Latency.Quantile(0.5).TotalMicroseconds);
        writer.WriteNumber("p90_us", row.Latency.Quantile(0.9).TotalMicroseconds);
        writer.WriteNumber("p99_us", row.Latency.Quantile(0.99).TotalMicroseconds);
        WriteNumber(writer, "share_of_raw", ShareOf(row) is { } share ? Math.Round(share, 4) : null);
        WriteNumber(writer, "added_us", AddedOf(row));
        WriteNumber(writer, "cpu_seconds_per_call", row.CpuSecondsPerCall);
        WriteNumber(writer, "allocated_bytes_per_call", row.AllocatedBytesPerCall is { } bytes ? Math.Round(bytes, 1) : null);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? None;
}
