using System.Runtime.InteropServices;
using Ovms.Observability;

namespace Ovms.Hosting;

/// <summary>Turns SIGHUP and SIGUSR1 into the opening of the log file anew, as whoever rotates it expects. Windows has neither.</summary>
internal static class RotationSignal
{
    private const int UserSignalOnLinux = 10;
    private const int UserSignalElsewhere = 30;

    // What is collected is unregistered.
    private static readonly List<PosixSignalRegistration> s_registrations = [];

    /// <summary>Starts to listen; without a log file the signals keep their usual effect, which is to end the process.</summary>
    public static void Connect(LogSink sink, string logPath)
    {
        if (logPath.Length == 0 || OperatingSystem.IsWindows())
        {
            return;
        }

        // The framework has no name for the second one and takes its number.
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGHUP, (PosixSignal)(OperatingSystem.IsLinux() ? UserSignalOnLinux : UserSignalElsewhere)])
        {
            s_registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                sink.Reopen();
            }));
        }
    }
}
