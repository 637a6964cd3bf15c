using Ovms.Observability;
using Ovms.Options;

namespace Ovms.Hosting;

/// <summary>When an unhandled exception ends the process, writes the reason to the log and flushes it.</summary>
internal static class CrashNote
{
    private const string NoMemory =
        "The system gives this process no more memory or threads, and the server ends: "
        + "raise its limits (ulimit -v, ulimit -u; memory.max and pids.max of its control group), or serve less with it";

    /// <summary>Subscribes for the life of the process.</summary>
    public static void Connect(LogSink sink) => AppDomain.CurrentDomain.UnhandledException += (_, crash) =>
    {
        // The runtime reports a failure to create a thread as OutOfMemoryException too. Neither is a fault of the code that happened to
        // ask.
        bool isShortage = crash.ExceptionObject is OutOfMemoryException;
        sink.Write(
            isShortage
                ? new LogEntry(DateTimeOffset.Now, LogLevel.Critical, "serving", default, NoMemory)
                : new LogEntry(
                    DateTimeOffset.Now,
                    LogLevel.Critical,
                    "serving",
                    default,
                    "The server ends because of an unexpected error",
                    crash.ExceptionObject as Exception),
            withStackTrace: !isShortage);
        sink.Dispose();
        if (isShortage)
        {
            ProcessEnd.WithoutExitHandlers(ExitCode.Failure);
        }
    };
}
