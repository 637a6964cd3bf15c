using System.Diagnostics;
using System.Globalization;
using Ovms.Bench;
using Ovms.Bench.Measuring;
using Ovms.Observability.Metrics;

namespace Ovms.Benchmarks;

/// <summary>The published binary, serving on loopback and on a unix domain socket until disposal.</summary>
internal sealed class Server : IDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _sockets;

    private Server(Process process, DirectoryInfo sockets, int grpcPort, int restPort)
    {
        _process = process;
        _sockets = sockets;
        GrpcPort = grpcPort;
        RestPort = restPort;
    }

    public int GrpcPort { get; }

    public int RestPort { get; }

    /// <summary>The gRPC port as an address.</summary>
    public ServerAddress GrpcAddress => ServerAddress.Loopback(GrpcPort, ServerFront.Grpc);

    /// <summary>The REST port as an address.</summary>
    public ServerAddress RestAddress => ServerAddress.Loopback(RestPort, ServerFront.Rest);

    /// <summary>The path of the socket that speaks gRPC.</summary>
    public string GrpcSocket => SocketIn(_sockets);

    /// <summary>When it was started, on the clock of <see cref="Stopwatch"/>.</summary>
    public long StartedAt { get; private init; }

    /// <summary>Its resident memory now, in MiB.</summary>
    public double ResidentMemory
    {
        get
        {
            string line = File.ReadLines($"/proc/{_process.Id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(6).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) / 1024.0;
        }
    }

    /// <summary>Time that processors have worked for it; the system counts in steps of 10 ms.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>How long all its inferences took so far, in milliseconds, and how many there were; nothing where it has no metrics.</summary>
    public async Task<(double Time, long Count)> InferencesAsync()
    {
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{RestPort}") };
        using HttpResponseMessage answer = await http.GetAsync(new Uri("/metrics", UriKind.Relative));
        string[] lines = answer.IsSuccessStatusCode ? (await answer.Content.ReadAsStringAsync()).Split('\n') : [];
        double Sum(string figure) => lines
            .Where(line => line.StartsWith($"{MetricFamilies.InferenceTime.Name}_{figure}{{", StringComparison.Ordinal))
            .Sum(static line => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
        return (Sum("sum") / 1000, (long)Sum("count"));
    }

    /// <summary>Starts it and returns when it has said that it is ready.</summary>
    /// <param name="options">What is served.</param>
    public static Server Start(params IEnumerable<string> options)
    {
        (int grpc, int rest) = (BenchServer.FreePort(), BenchServer.FreePort());
        DirectoryInfo sockets = Directory.CreateTempSubdirectory("ovms-bench-");
        string[] listeners =
        [
            "--port", $"{grpc}", "--rest_port", $"{rest}", "--grpc_bind_address", "127.0.0.1", "--rest_bind_address", "127.0.0.1",
            "--grpc_uds", SocketIn(sockets),
        ];
        long startedAt = Stopwatch.GetTimestamp();
        Server server = new(Child.Start(Repo.Binary, options.Concat(listeners)), sockets, grpc, rest) { StartedAt = startedAt };
        List<string> lines = [];
        while (server._process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
            if (line.Contains("Ready after", StringComparison.Ordinal))
            {
                // Nobody reads the later lines, but the pipe must not fill up.
                _ = server._process.StandardOutput.ReadToEndAsync();
                return server;
            }
        }

        server.Dispose();
        throw new InvalidOperationException($"The server ended before it was ready:\n{string.Join('\n', lines)}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Child.End(_process);
        _sockets.Delete(recursive: true);
    }

    private static string SocketIn(DirectoryInfo folder) => Path.Combine(folder.FullName, "grpc");
}
