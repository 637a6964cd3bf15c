using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ovms.Benchmarks;

/// <summary>The published binary, serving one model on loopback until disposal.</summary>
internal sealed partial class Server : IDisposable
{
    private const int Sigterm = 15;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private Server(Process process, int grpcPort, int restPort)
    {
        _process = process;
        GrpcPort = grpcPort;
        RestPort = restPort;
    }

    public int GrpcPort { get; }

    public int RestPort { get; }

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

    /// <summary>Starts it on one model and returns when it has said that it is ready.</summary>
    public static Server Start(Workload workload) =>
        Start(["--model_name", workload.Name, "--model_path", workload.ModelPath, "--nireq", "1"]);

    /// <summary>The same with what is served given by options.</summary>
    public static Server Start(IEnumerable<string> options)
    {
        int grpc = FreePort();
        int rest = FreePort();
        ProcessStartInfo start = new(Repo.Binary) { RedirectStandardOutput = true, UseShellExecute = false };
        string[] listeners = ["--port", $"{grpc}", "--rest_port", $"{rest}", "--grpc_bind_address", "127.0.0.1", "--rest_bind_address", "127.0.0.1"];
        foreach (string argument in options.Concat(listeners))
            start.ArgumentList.Add(argument);

        // The package must find its own libraries.
        start.Environment.Remove("OVMS_OPENVINO_DIR");
        long startedAt = Stopwatch.GetTimestamp();
        Process process = Process.Start(start)!;
        List<string> lines = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
            if (line.Contains("Ready after", StringComparison.Ordinal))
            {
                // Nobody reads the later lines, but the pipe must not fill up.
                _ = process.StandardOutput.ReadToEndAsync();
                return new Server(process, grpc, rest) { StartedAt = startedAt };
            }
        }

        process.WaitForExit();
        throw new InvalidOperationException($"The server ended with {process.ExitCode}:\n{string.Join('\n', lines)}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Kill(_process.Id, Sigterm);
        if (!_process.WaitForExit(s_patience))
            _process.Kill();
        _process.Dispose();
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
