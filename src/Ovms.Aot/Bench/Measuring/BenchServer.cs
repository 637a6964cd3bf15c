using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ovms.Observability.Metrics;
using Ovms.Status;

namespace Ovms.Bench.Measuring;

/// <summary>Runs this program as a server of the measured model, on two free loopback ports. Disposing kills it.</summary>
internal sealed class BenchServer : IDisposable
{
    private const int LinesKept = 40;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly Queue<string> _lines = new();

    private BenchServer(Process process, int grpcPort, int restPort)
    {
        _process = process;
        GrpcPort = grpcPort;
        RestPort = restPort;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{restPort}"), Timeout = TimeSpan.FromSeconds(10) };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The gRPC port.</summary>
    public int GrpcPort { get; }

    /// <summary>The REST port.</summary>
    public int RestPort { get; }

    private TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts the server and waits until the model is ready.</summary>
    /// <param name="modelArguments">Options of the model.</param>
    /// <param name="cancellation">Ends the wait and the server.</param>
    /// <param name="isAdaptive">Whether it follows the load; else it has the form of the engine alone, whatever the load.</param>
    /// <returns>The server, or the last lines of its log.</returns>
    public static async Task<Outcome<BenchServer>> StartAsync(
        IEnumerable<string> modelArguments, CancellationToken cancellation, bool isAdaptive = false)
    {
        (int grpcPort, int restPort) = (FreePort(), FreePort());
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] own =
        [
            "--adaptive", isAdaptive ? "on" : "off",
            "--port", Text(grpcPort), "--rest_port", Text(restPort),
            "--grpc_bind_address", "127.0.0.1", "--rest_bind_address", "127.0.0.1",
            "--metrics_enable", "--log_level", "WARNING", "--file_system_poll_wait_seconds", "0",
        ];
        foreach (string argument in modelArguments.Concat(own))
        {
            start.ArgumentList.Add(argument);
        }

        BenchServer server = new(Process.Start(start)!, grpcPort, restPort);
        if (await server.IsReadyAsync(cancellation).ConfigureAwait(false))
        {
            return server;
        }

        string log = server.Log;
        server.Dispose();
        cancellation.ThrowIfCancellationRequested();
        return Outcome.Fail(StatusCode.ModelNotLoaded, $"The measured server does not become ready. The end of its log:\n{log}");
    }

    /// <summary>What the server has used since it started.</summary>
    public async Task<ProcessCost> CostAsync() => new(ProcessorTime, await AllocatedBytesAsync().ConfigureAwait(false));

    /// <summary>The token ids of a text.</summary>
    /// <exception cref="HttpRequestException">The model has no tokenizer.</exception>
    public async Task<int[]> TokenizeAsync(string model, string text)
    {
        using StringContent body = new($"{{\"model\":\"{model}\",\"text\":\"{text}\"}}", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer =
            await _http.PostAsync(new Uri("/v3/tokenize", UriKind.Relative), body).ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
        return [.. json.RootElement.GetProperty("tokens").EnumerateArray().Select(static id => id.GetInt32())];
    }

    private async Task<long> AllocatedBytesAsync()
    {
        string metrics = await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative)).ConfigureAwait(false);
        string? line = metrics.Split('\n').FirstOrDefault(static line =>
            line.StartsWith($"{MetricFamilies.GcAllocated.Name} ", StringComparison.Ordinal));
        return line is null ? 0 : (long)double.Parse(line.AsSpan(MetricFamilies.GcAllocated.Name.Length), CultureInfo.InvariantCulture);
    }

    /// <summary>A loopback port that is free now.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        try
        {
            // No call is in flight, so that there is nothing to drain.
            _process.Kill();
            _process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }

        _process.Dispose();
    }

    private string Log
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        bool isReady = await IsReadyAsync(_http, () => _process.HasExited, s_patience, cancellation).ConfigureAwait(false);
        if (!isReady && _process.HasExited)
        {
            // Waits for the output streams to end, which deliver the last lines.
            await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return isReady;
    }

    /// <summary>Asks a server until it is ready. A question without an answer in time is asked again.</summary>
    /// <param name="http">The client, whose timeout is that of one question.</param>
    /// <param name="hasEnded">Whether the server has ended.</param>
    /// <param name="patience">How long to ask.</param>
    /// <param name="cancellation">Ends the wait.</param>
    internal static async Task<bool> IsReadyAsync(
        HttpClient http, Func<bool> hasEnded, TimeSpan patience, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        while (!hasEnded() && Stopwatch.GetElapsedTime(started) < patience && !cancellation.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer =
                    await http.GetAsync(new Uri("/v2/health/ready", UriKind.Relative), cancellation).ConfigureAwait(false);
                if (answer.IsSuccessStatusCode)
                {
                    return true;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                // The port is not open yet, or a busy machine lets no answer come in time.
            }

            await Task.Delay(20, CancellationToken.None).ConfigureAwait(false);
        }

        return false;
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
            {
                _lines.Dequeue();
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
