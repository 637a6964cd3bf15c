using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>
/// Turns SIGTERM and SIGINT (on Windows: Ctrl+C, Ctrl+Break, closing and shutdown) into one awaitable event. Created before anything else
/// starts, so that no signal during start-up is lost. Never disposed: a repeated signal during shutdown would kill the process and look
/// like a crash.
/// </summary>
internal sealed class StopSignal
{
    // On Windows SIGTERM stands for shutting down, SIGINT for Ctrl+C, SIGQUIT for Ctrl+Break and SIGHUP for closing the window.
    private static readonly PosixSignal[] s_signals = OperatingSystem.IsWindows()
        ? [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGHUP]
        : [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

    // A registration ends when it is garbage-collected; this list keeps it alive.
    private static readonly List<PosixSignalRegistration> s_registrations = [];

    private readonly CancellationTokenSource _stop = new();

    /// <summary>Registers the signals.</summary>
    public StopSignal()
    {
        foreach (PosixSignal signal in s_signals)
        {
            s_registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
    }

    /// <summary>Cancelled when the process is asked to stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Stops at SIGHUP too, when the terminal is closed: for commands that have no log file to open again.</summary>
    public CancellationToken AlsoAtHangup()
    {
        s_registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal));
        return Token;
    }

    /// <summary>Waits for a stop signal.</summary>
    public async Task WaitAsync()
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration =
            _stop.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).SetResult(), stopped);
        await stopped.Task.ConfigureAwait(false);
    }

    /// <summary>Asks the process to stop, as a signal does.</summary>
    public void Request() => _stop.Cancel();

    private void OnSignal(PosixSignalContext context)
    {
        // The default action would end the process at once.
        context.Cancel = true;
        _stop.Cancel();

        // When its window closes or it shuts down, Windows ends the process as soon as this returns. The thread ends with the process.
        if (OperatingSystem.IsWindows() && context.Signal is (PosixSignal.SIGHUP or PosixSignal.SIGTERM))
        {
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
