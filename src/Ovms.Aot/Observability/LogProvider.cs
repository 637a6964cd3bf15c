using System.Collections.Concurrent;

namespace Ovms.Observability;

/// <summary>Sends the log lines of .NET's logging to <see cref="LogSink"/>.</summary>
internal sealed class LogProvider(LogSink sink, LogLevel minimum) : ILoggerProvider
{
    // Kestrel's line about the rest of a body that it gave up at a stop. It says "over 5 seconds", however long it waited.
    private const string UntrueLine = "RequestBodyDrainTimedOut";

    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    /// <summary>Lines dropped because the output could not keep up.</summary>
    public long LinesDropped => sink.LinesDropped;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, name => new Logger(sink, name, MinimumFor(name)));

    /// <summary>Does nothing: the sink outlives the provider, since the last lines come after the host is disposed.</summary>
    public void Dispose()
    {
    }

    // ASP.NET Core and gRPC log details at Information that users of a model server do not need.
    private LogLevel MinimumFor(string category)
    {
        bool isFramework =
            category.StartsWith("Microsoft.", StringComparison.Ordinal) || category.StartsWith("Grpc.", StringComparison.Ordinal);
        return minimum >= LogLevel.Information && isFramework ? LogLevel.Critical : minimum;
    }

    private sealed class Logger(LogSink sink, string category, LogLevel minimum) : ILogger
    {
        private readonly string _part = category[(category.LastIndexOf('.') + 1)..];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && eventId.Name != UntrueLine)
            {
                string message = formatter(state, exception);
                IReadOnlyList<KeyValuePair<string, object?>>? fields = state as IReadOnlyList<KeyValuePair<string, object?>>;
                sink.Write(
                    new LogEntry(DateTimeOffset.Now, logLevel, _part, eventId, message, exception, fields),
                    withStackTrace: minimum <= LogLevel.Debug);
            }
        }
    }
}
