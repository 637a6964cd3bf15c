namespace Ovms.Observability;

/// <content>How models follow their load.</content>
internal static partial class Log
{
    [LoggerMessage(
        121,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls in flight: {InFlight:F1}; serves for throughput now: streams: {Streams}; "
        + "No of InferRequests: {Requests}; calls a second before: {Rate:F0}")]
    public static partial void ThroughputServes(
        ILogger log, string model, long version, double inFlight, int streams, int requests, double rate);

    [LoggerMessage(
        122,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls in flight: {InFlight:F1}; serves for latency again: streams: {Streams}; "
        + "No of InferRequests: {Requests}")]
    public static partial void LatencyServes(ILogger log, string model, long version, double inFlight, int streams, int requests);

    [LoggerMessage(
        123,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls in flight: {InFlight:F1}; serves for latency again, because for throughput it "
        + "answered {Rate:F0} calls a second, not more than the {LatencyRate:F0} before")]
    public static partial void ThroughputRefused(
        ILogger log, string model, long version, double inFlight, double rate, double latencyRate);

    [LoggerMessage(
        124,
        LogLevel.Information,
        "Model {Model}; version: {Version}; its form for throughput is freed: it was not used for {Minutes:F0} minutes")]
    public static partial void ThroughputFreed(ILogger log, string model, long version, double minutes);

    [LoggerMessage(
        125,
        LogLevel.Warning,
        "Model {Model}; version: {Version}; calls wait, but it cannot be compiled for throughput: {Why}")]
    public static partial void ThroughputFailed(ILogger log, string model, long version, string why);

    [LoggerMessage(
        126,
        LogLevel.Warning,
        "Model {Model}; version: {Version}; calls wait, but there is no memory to compile it for throughput: it needs about {Needed} MiB "
        + "of the {Limit} MiB of adaptive_memory")]
    public static partial void NoMemoryForThroughput(ILogger log, string model, long version, long needed, long limit);

    [LoggerMessage(
        128,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls in flight: {InFlight:F1}; waiting calls are computed together now, up to {Rows} rows: "
        + "streams: {Streams}; No of InferRequests: {Requests}; calls a second before: {Rate:F0}")]
    public static partial void BatchesServe(
        ILogger log, string model, long version, double inFlight, int rows, int streams, int requests, double rate);

    [LoggerMessage(
        129,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls in flight: {InFlight:F1}; each call is computed alone again: streams: {Streams}; "
        + "No of InferRequests: {Requests}")]
    public static partial void BatchesEnd(ILogger log, string model, long version, double inFlight, int streams, int requests);

    [LoggerMessage(
        130,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls in flight: {InFlight:F1}; each call is computed alone again, because together "
        + "{Rate:F0} calls a second were answered, and {RateAlone:F0} before; failed inferences: {Failures}")]
    public static partial void BatchesRefused(
        ILogger log, string model, long version, double inFlight, double rate, double rateAlone, long failures);

    [LoggerMessage(
        134,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls in flight: {InFlight:F1}; each call is computed alone for a moment, to compare: together "
        + "{Rate:F0} calls a second are answered, and {RateAlone:F0} before")]
    public static partial void BatchesCompared(
        ILogger log, string model, long version, double inFlight, double rate, double rateAlone);

    [LoggerMessage(
        131,
        LogLevel.Information,
        "Model {Model}; version: {Version}; its form for calls together is freed: it was not used for {Minutes:F0} minutes")]
    public static partial void BatchesFreed(ILogger log, string model, long version, double minutes);

    [LoggerMessage(
        132,
        LogLevel.Information,
        "Model {Model}; version: {Version}; calls wait, but are not computed together: {Why}")]
    public static partial void BatchesFailed(ILogger log, string model, long version, string why);

    [LoggerMessage(
        133,
        LogLevel.Warning,
        "Model {Model}; version: {Version}; calls wait, but there is no memory to compute them together: it needs about {Needed} MiB "
        + "of the {Limit} MiB of adaptive_memory")]
    public static partial void NoMemoryForBatches(ILogger log, string model, long version, long needed, long limit);

    [LoggerMessage(127, LogLevel.Error, "The load of the models could not be measured; it is measured again in a moment")]
    public static partial void AdaptiveSurprised(ILogger log, Exception surprise);
}
