using System.Collections.Immutable;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.Json;
using Ovms.Observability.Metrics;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Writes the statistics document. It has every member, even those that stay zero, since clients expect all of them.</summary>
internal static class StatisticsJson
{
    /// <summary>Writes the document.</summary>
    public static void Write(NativeBuffer body, ImmutableArray<StatisticsRow> rows)
    {
        body.Raw("{\"model_stats\":["u8);
        for (int i = 0; i < rows.Length; i++)
        {
            body.Raw(i == 0 ? default : ","u8);
            Write(body, rows[i]);
        }

        body.Raw("]}"u8);
    }

    private static void Write(NativeBuffer body, StatisticsRow row)
    {
        CallTotals totals = row.Totals;
        body.Raw("{\"name\":"u8);
        body.Text(row.Id.Name);
        body.Raw(",\"version\":"u8);
        body.Text(row.Id.VersionText);
        body.Raw(",\"last_inference\":"u8);
        body.Number(totals.LastInference);
        body.Raw(",\"inference_count\":"u8);
        body.Number(totals.Samples);
        body.Raw(",\"execution_count\":"u8);
        body.Number(totals.Inferences);
        body.Raw(",\"inference_stats\":{"u8);
        Write(body, "\"success\":"u8, totals.Success);
        Write(body, ",\"fail\":"u8, totals.Fail);
        Write(body, ",\"queue\":"u8, totals.Queue);
        Write(body, ",\"compute_input\":"u8, totals.Input);
        Write(body, ",\"compute_infer\":"u8, totals.Infer);
        Write(body, ",\"compute_output\":"u8, totals.Output);
        Write(body, ",\"cache_hit\":"u8, default);
        Write(body, ",\"cache_miss\":"u8, default);
        body.Raw("},\"response_stats\":{},\"batch_stats\":["u8);
        for (int i = 0; i < totals.Batches.Length; i++)
        {
            BatchTotals batch = totals.Batches[i];
            body.Raw(i == 0 ? "{\"batch_size\":"u8 : ",{\"batch_size\":"u8);
            body.Number(batch.BatchSize);
            Write(body, ",\"compute_input\":"u8, batch.Input);
            Write(body, ",\"compute_infer\":"u8, batch.Infer);
            Write(body, ",\"compute_output\":"u8, batch.Output);
            body.Raw("}"u8);
        }

        body.Raw("],\"memory_usage\":[]}"u8);
    }

    private static void Write(NativeBuffer body, ReadOnlySpan<byte> name, DurationTotal duration)
    {
        body.Raw(name);
        body.Raw("{\"count\":"u8);
        body.Number(duration.Count);
        body.Raw(",\"ns\":"u8);
        body.Number(duration.Nanoseconds);
        body.Raw("}"u8);
    }
}
