namespace Ovms.Benchmarks;

/// <summary>What is to be reached over the ways to a model.</summary>
internal static class WaysGoals
{
    public static IEnumerable<Goal> Of(WaysTable table) => (table.Model, table.Callers) switch
    {
        ("dummy", 1) => [Goal.AtMost("dummy, 1 caller: p50 against the echo's", 1.15, table.Of(WaysTable.Grpc, WaysTable.NothingServed, static (one, echo) => one.P50 / echo.P50), Samples.Times)],
        ("dummy", _) => [Goal.AtLeast($"dummy, {table.Callers} callers: calls/s of the echo's", 0.70, table.Of(WaysTable.Grpc, WaysTable.NothingServed, static (one, echo) => one.Rate / echo.Rate), Samples.Percent)],
        ("glance", _) =>
        [
            .. BesideInference(table, "602 KB request, a model of almost no work (glance)"),
            Json(table, "JSON over REST, 1×3×224×224 floats of up to 7 characters, glance: added at p50"),
        ],
        ("resnet50", 1) =>
        [
            .. BesideInference(table, "602 KB request, resnet50"),
            Json(table, "JSON over REST, 1×3×224×224 floats of up to 7 characters, resnet50: added at p50"),
        ],
        (_, > 1) =>
        [
            Goal.AtLeast(
                $"{table.Model}, {table.Callers} callers, gRPC: calls/s of the engine's while the echo is called as often",
                0.97,
                table.Of(WaysTable.Grpc, WaysTable.EngineBesideEcho, static (one, beside) => one.Rate / beside.Rate),
                Samples.Percent),
            Goal.Beside(
                $"{table.Model}, {table.Callers} callers, gRPC: calls/s of the engine's alone",
                table.Of(WaysTable.Grpc, WaysTable.Engine, static (one, plain) => one.Rate / plain.Rate),
                Samples.Percent),
        ],
        _ => [],
    };

    private static Goal[] BesideInference(WaysTable table, string work) =>
    [
        Goal.AtMost($"{work}: p50 less the inference, against the echo's", 1.3, table.Of(WaysTable.Grpc, WaysTable.NothingServed, static (one, echo) => (one.P50 - one.Inference) / echo.P50), Samples.Times),
        Goal.Beside("… less that of the engine alone", table.Of(WaysTable.Grpc, WaysTable.Engine, WaysTable.NothingServed, static (one, plain, echo) => (one.P50 - plain.P50) / echo.P50), Samples.Times),
    ];

    private static Goal Json(WaysTable table, string work) =>
        Goal.AtMost(work, 3, table.Of(WaysTable.Json, WaysTable.Engine, static (one, plain) => one.P50 - plain.P50), Samples.Milliseconds);
}
