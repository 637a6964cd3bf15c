using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Ovms.Benchmarks;

/// <summary>Where the load generator sends what. It is no part of the repository.</summary>
/// <param name="Arguments">Its arguments that say so.</param>
internal sealed record Load(string[] Arguments)
{
    private const string Infer = "/inference.GRPCInferenceService/ModelInfer";
    private static readonly string s_tool = Repo.Path("../shared/bin/loadgen");

    /// <summary>gRPC calls, one connection for each caller.</summary>
    /// <param name="address">host:port or unix:///path.</param>
    /// <param name="body">File with the serialized message.</param>
    public static Load Grpc(string address, string body, string method = Infer) => new(["-grpc", address, "-method", method, "-body", body]);

    /// <inheritdoc cref="Grpc(string, string, string)"/>
    public static Load Grpc(int port, string body, string method = Infer) => Grpc($"127.0.0.1:{port}", body, method);

    /// <summary>HTTP requests: POST, or GET where the body is empty.</summary>
    /// <param name="path">From the first slash on.</param>
    /// <param name="body">File with the body.</param>
    /// <param name="jsonLength">Bytes of JSON before the binary part; null for JSON alone.</param>
    public static Load Rest(int port, string path, string body, int? jsonLength = null) =>
        new(["-url", $"http://127.0.0.1:{port}{path}", "-body", body, .. jsonLength is null ? [] : (string[])["-header", $"Inference-Header-Content-Length: {jsonLength}"]]);

    /// <summary>Calls for a while.</summary>
    /// <param name="callers">How many call at the same time.</param>
    /// <param name="duration">How long is measured.</param>
    /// <param name="rate">Calls a second over all callers, measured from when they were due; null for as many as there is room for.</param>
    /// <param name="dump">File that takes the first answer.</param>
    /// <param name="warmUp">How long they call before they are measured; <see cref="WarmUp"/> when not given.</param>
    /// <exception cref="InvalidOperationException">A call failed.</exception>
    public async Task<Measured> RunAsync(int callers, TimeSpan duration, double? rate = null, string? dump = null, TimeSpan? warmUp = null)
    {
        string[] arguments =
        [
            .. Arguments, "-c", $"{callers}", "-d", Text(duration), "-warm", Text(warmUp ?? WarmUp),
            .. rate is null ? [] : (string[])["-rps", rate.Value.ToString("0.##", CultureInfo.InvariantCulture)],
            .. dump is null ? [] : (string[])["-dump", dump],
        ];
        using JsonDocument said = JsonDocument.Parse(await Child.RunAsync(s_tool, arguments, duration + (warmUp ?? WarmUp) + TimeSpan.FromSeconds(60)));
        double Number(string name) => said.RootElement.GetProperty(name).GetDouble();
        return Number("errors") == 0
            ? new Measured(Number("rps"), Number("p50_ms"), Number("p90_ms"), Number("p99_ms")) { Calls = (long)Number("n") }
            : throw new InvalidOperationException($"{string.Join(' ', arguments)}: {Number("errors")} calls failed, the last one with: {said.RootElement.GetProperty("last_error")}");
    }

    /// <summary>Calls for a while and looks at what that costs the server.</summary>
    public async Task<Measured> RunAsync(Server server, int callers, TimeSpan duration)
    {
        TimeSpan before = server.ProcessorTime;
        (double Time, long Count) inferred = await server.InferencesAsync();
        Measured measured = await RunAsync(callers, duration);
        (double Time, long Count) more = await server.InferencesAsync();

        // The calls of the warm-up cost as much as those that are measured.
        double calls = measured.Calls * ((duration + WarmUp) / duration);
        return measured with
        {
            Processor = (server.ProcessorTime - before).TotalMicroseconds / calls,
            Inference = (more.Time - inferred.Time) / (more.Count - inferred.Count),
        };
    }

    /// <summary>Callers call for this long before they are measured.</summary>
    public static TimeSpan WarmUp { get; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Starts the generator as a gRPC server that answers every call with the bytes of a file.</summary>
    public static Process Serve(int port, string answer) => Child.Start(s_tool, ["-serve", $"127.0.0.1:{port}", "-body", answer]);

    private static string Text(TimeSpan duration) => $"{duration.TotalMilliseconds:0}ms";
}

/// <summary>What one way gave in one round; times in milliseconds.</summary>
internal sealed record Measured(double Rate, double P50, double P90, double P99)
{
    /// <summary>How many calls were measured.</summary>
    public long Calls { get; init; }

    /// <summary>Microseconds of a processor that the server spent on a call; NaN where that was not looked at.</summary>
    public double Processor { get; init; } = double.NaN;

    /// <summary>Milliseconds of an inference by the server's own clock, on average; NaN where it tells none.</summary>
    public double Inference { get; init; } = double.NaN;
}
