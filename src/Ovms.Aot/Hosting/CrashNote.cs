using Ovms.Observability;
using Ovms.Options;

namespace Ovms.Hosting;

/// <summary>Sees that the log has its last lines, and why it is the last ones, when the process ends by an exception that nobody expected.</summary>
internal static class CrashNote
{
    private const string NoMemory =
        "The system gives this process no more memory or threads, and the server ends: raise its limits (ulimit -v, ulimit -u; memory.max and pids.max of its control group), or serve less with it";

    /// <summary>Watches until the process ends.</summary>
    public static void Connect(LogSink sink) => AppDomain.CurrentDomain.UnhandledException += (_, crash) =>
    {
        // A thread that cannot be made is told as a lack of memory too. Neither is a fault of the code that happened to ask.
        bool isShortage = crash.ExceptionObject is OutOfMemoryException;
        sink.Write(
            isShortage
                ? new LogEntry(DateTimeOffset.Now, LogLevel.Critical, "serving", default, NoMemory)
                : new LogEntry(DateTimeOffset.Now, LogLevel.Critical, "serving", default, "The server fails and ends", crash.ExceptionObject as Exception),
            withStackTrace: !isShortage);
        sink.Dispose();
        if (isShortage)
        {
            ProcessEnd.WithoutFarewell(ExitCode.Failure);
        }
    };
}
