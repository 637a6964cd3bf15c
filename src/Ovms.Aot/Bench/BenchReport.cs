using System.Globalization;
using System.Text.Json;
using System.Text;
using Ovms.Bench.Measuring;

namespace Ovms.Bench;

/// <summary>The results as a table for users or JSON for programs. For each number of callers the raw row comes first.</summary>
internal sealed record BenchReport(
    string Model, string Device, string Input, string Versions, int InferRequests, int Processors, IReadOnlyList<BenchRow> Rows)
{
    private static readonly string[] s_columns =
        ["callers", "way", "calls/s", "p50 ms", "p90 ms", "p99 ms", "of raw", "added us", "cpu ms/call", "bytes/call"];

    /// <summary>Lines of aligned columns.</summary>
    public string ToTable()
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{Model} on {Device}, {InferRequests} infer requests, {Processors} processors; input {Input}\n{Versions}\n\n");
        return text.Append(TextTable.Of([s_columns, .. Rows.Select(Cells)], leftColumn: 1))
            .Append('\n')
            .Append("of raw: calls/s compared with the engine alone. added us: p50 above the engine's. ")
            .Append("cpu, bytes (managed heap): of the\n")
            .Append("server's process, for raw of this one. The callers share the machine with the server and are measured with it.\n")
            .ToString();
    }

    /// <summary>One JSON object.</summary>
    public string ToJson() => ReportJson.Of(
        writer =>
        {
            writer.WriteString("model", Model);
            writer.WriteString("device", Device);
            writer.WriteString("input", Input);
            writer.WriteString("versions", Versions);
            writer.WriteNumber("infer_requests", InferRequests);
            writer.WriteNumber("processors", Processors);
        },
        Rows,
        Write);

    private BenchRow RawOf(BenchRow row) => Rows.First(raw => raw.Concurrency == row.Concurrency);

    private double ShareOf(BenchRow row) => RawOf(row).CallsPerSecond > 0 ? row.CallsPerSecond / RawOf(row).CallsPerSecond : 0;

    private double AddedOf(BenchRow row) => (row.Latency.Quantile(0.5) - RawOf(row).Latency.Quantile(0.5)).TotalMicroseconds;

    private string[] Cells(BenchRow row) =>
    [
        row.Concurrency.ToString(CultureInfo.InvariantCulture),
        row.Way,
        Number(row.CallsPerSecond, "0.0"),
        Number(row.Latency.Quantile(0.5).TotalMilliseconds, "0.000"),
        Number(row.Latency.Quantile(0.9).TotalMilliseconds, "0.000"),
        Number(row.Latency.Quantile(0.99).TotalMilliseconds, "0.000"),
        Number(ShareOf(row) * 100, "0.0") + " %",
        Number(AddedOf(row), "0"),
        Number(row.CpuSecondsPerCall * 1000, "0.000"),
        Number(row.AllocatedBytesPerCall, "0"),
    ];

    private void Write(Utf8JsonWriter writer, BenchRow row)
    {
        writer.WriteStartObject();
        writer.WriteNumber("concurrency", row.Concurrency);
        writer.WriteString("way", row.Way);
        writer.WriteNumber("calls", row.Latency.Count);
        writer.WriteNumber("calls_per_second", Math.Round(row.CallsPerSecond, 2));
        writer.WriteNumber("p50_us", row.Latency.Quantile(0.5).TotalMicroseconds);
        writer.WriteNumber("p90_us", row.Latency.Quantile(0.9).TotalMicroseconds);
        writer.WriteNumber("p99_us", row.Latency.Quantile(0.99).TotalMicroseconds);
        writer.WriteNumber("share_of_raw", Math.Round(ShareOf(row), 4));
        writer.WriteNumber("added_us", AddedOf(row));
        writer.WriteNumber("cpu_seconds_per_call", row.CpuSecondsPerCall);
        writer.WriteNumber("allocated_bytes_per_call", Math.Round(row.AllocatedBytesPerCall, 1));
        writer.WriteEndObject();
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
