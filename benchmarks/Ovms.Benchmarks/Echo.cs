using System.Diagnostics;
using System.Net.Sockets;
using Ovms.Bench.Measuring;

namespace Ovms.Benchmarks;

/// <summary>
/// A gRPC server that answers every call with the same bytes: what client and transport cost when nothing is served.
/// </summary>
internal sealed class Echo : IDisposable
{
    private readonly Process _process;

    private Echo(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts it.</summary>
    /// <param name="answer">File with the answer.</param>
    public static Echo Start(string answer)
    {
        int port = BenchServer.FreePort();
        Echo echo = new(Load.Serve(port, answer), port);
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10); Thread.Sleep(5))
        {
            try
            {
                using TcpClient probe = new("127.0.0.1", port);
                return echo;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        echo.Dispose();
        throw new InvalidOperationException("The echo server does not listen.");
    }

    /// <inheritdoc/>
    public void Dispose() => Child.End(_process);
}
