using System.Runtime.InteropServices;

namespace Ovms.Hosting;

/// <summary>
/// Turns SIGTERM and SIGINT (on Windows: Ctrl+C, Ctrl+Break, closing and shutdown) into one awaitable event. Made before anything else
/// starts, so that a signal during start-up is not lost.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts to listen.</summary>
    public StopSignal()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal),
        ];
    }

    /// <summary>Cancelled when the process is asked to stop.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Waits for the request to stop.</summary>
    public async Task WaitAsync()
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _stop.Token.UnsafeRegister(static state => ((TaskCompletionSource)state!).SetResult(), stopped);
        await stopped.Task.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The default action would end the process at once.
        context.Cancel = true;
        _stop.Cancel();
    }
}
