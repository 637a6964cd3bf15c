using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ovms.Benchmarks;

/// <summary>The processes that this one has started: what still runs when it ends, on a signal too, is ended with it.</summary>
internal static partial class Child
{
    private const int Sigterm = 15;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentDictionary<Process, byte> s_running = new();

    // A signal ends the process without ProcessExit unless somebody asks for it.
    private static readonly PosixSignalRegistration[] s_signals =
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(static signal => PosixSignalRegistration.Create(signal, static _ => Environment.Exit(1)))];

    static Child() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (Process process in s_running.Keys)
            process.Kill();
        GC.KeepAlive(s_signals);
    };

    /// <summary>Starts a program whose output is read.</summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        // The package must find its own libraries.
        start.Environment.Remove("OVMS_OPENVINO_DIR");
        Process process = Process.Start(start)!;
        s_running[process] = 0;
        return process;
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <param name="limit">It is killed when it takes longer.</param>
    /// <exception cref="InvalidOperationException">It failed or took too long.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        Process process = Start(program, arguments);
        try
        {
            using CancellationTokenSource end = new(limit);
            string output = await process.StandardOutput.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            return process.ExitCode == 0
                ? output
                : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
        catch (OperationCanceledException)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not end within {limit.TotalSeconds:0} s.");
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>Asks it to end, kills it when it does not, and waits for that.</summary>
    public static void End(Process process)
    {
        if (!process.HasExited)
            Signal(process.Id, Sigterm);
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            process.WaitForExit();
        }

        s_running.TryRemove(process, out _);
        process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
