using System.Runtime.InteropServices;
using Ovms.Observability;

namespace Ovms.Hosting;

/// <summary>Reopens the log file on SIGHUP and SIGUSR1, for log rotation. Windows has neither signal.</summary>
internal static class RotationSignal
{
    private const int UserSignalOnLinux = 10;
    private const int UserSignalElsewhere = 30;

    // A registration ends when it is garbage-collected; this list keeps it alive.
    private static readonly List<PosixSignalRegistration> s_registrations = [];

    /// <summary>Registers the signals. Without a log file they keep their default effect, which is to end the process.</summary>
    public static void Connect(LogSink sink, string logPath)
    {
        if (logPath.Length == 0 || OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET has no name for SIGUSR1 and accepts its number.
        int userSignal = OperatingSystem.IsLinux() ? UserSignalOnLinux : UserSignalElsewhere;
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGHUP, (PosixSignal)userSignal])
        {
            s_registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                sink.Reopen();
            }));
        }
    }
}
