using Ovms.Observability;

namespace Ovms.Hosting;

/// <summary>Sees that the log has its last lines, and why it is the last ones, when the process ends by an exception that nobody expected.</summary>
internal static class CrashNote
{
    /// <summary>Watches until the process ends.</summary>
    public static void Connect(LogSink sink) => AppDomain.CurrentDomain.UnhandledException += (_, crash) =>
    {
        sink.Write(new LogEntry(DateTimeOffset.Now, LogLevel.Critical, "serving", default, "The server fails and ends", crash.ExceptionObject as Exception), withStackTrace: true);
        sink.Dispose();
    };
}
