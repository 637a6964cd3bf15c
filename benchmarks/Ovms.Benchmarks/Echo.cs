using System.Diagnostics;
using System.Net.Sockets;

namespace Ovms.Benchmarks;

/// <summary>
/// A gRPC server that answers every call with the same bytes: what client and transport cost when nothing is served. It is the load
/// tool's, which is not part of the repository.
/// </summary>
internal sealed class Echo : IDisposable
{
    private readonly Process _process;
    private readonly string _answer;

    private Echo(Process process, int port, string answer)
    {
        _process = process;
        Port = port;
        _answer = answer;
    }

    public int Port { get; }

    /// <summary>Starts it; null where the tool is not at hand.</summary>
    public static Echo? Start(byte[] answer)
    {
        string tool = Repo.Path("../shared/bin/loadgen");
        if (!File.Exists(tool))
            return null;
        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, answer);
        int port = Server.FreePort();
        Process process = Process.Start(new ProcessStartInfo(tool) { ArgumentList = { "-serve", $"127.0.0.1:{port}", "-body", file } })!;
        Echo echo = new(process, port, file);
        echo.WaitUntilListening();
        return echo;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        File.Delete(_answer);
    }

    private void WaitUntilListening()
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10); Thread.Sleep(5))
        {
            try
            {
                using TcpClient probe = new("127.0.0.1", Port);
                return;
            }
            catch (SocketException)
            {
                // Not yet.
            }
        }

        throw new InvalidOperationException("The echo server does not listen.");
    }
}
