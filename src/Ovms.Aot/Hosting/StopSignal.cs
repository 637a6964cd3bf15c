using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>
/// Turns SIGTERM and SIGINT (on Windows: Ctrl+C, Ctrl+Break, closing and shutdown) into one awaitable event. Created before anything else
/// starts, so that no signal during start-up is lost. Never disposed: a repeated signal during shutdown would kill the process and look
/// like a crash.
/// </summary>
internal sealed class StopSignal
{
    private static readonly PosixSignal[] s_signals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];

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

    /// <summary>Waits for a stop signal.</summary>
    public async Task WaitAsync()
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration =
            _stop.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).SetResult(), stopped);
        await stopped.Task.ConfigureAwait(false);
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The default action would end the process at once.
        context.Cancel = true;
        _stop.Cancel();
    }
}
