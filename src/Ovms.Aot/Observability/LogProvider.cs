using System.Collections.Concurrent;

namespace Ovms.Observability;

/// <summary>Connects the framework's logging with <see cref="LogSink"/>.</summary>
internal sealed class LogProvider(LogSink sink, LogLevel minimum) : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    /// <summary>Lines that were not written because the output could not keep up.</summary>
    public long LinesDropped => sink.LinesDropped;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, name => new Logger(sink, name, MinimumFor(name)));

    /// <summary>The sink outlives the provider: the last lines come after the host is gone.</summary>
    public void Dispose()
    {
    }

    // The web framework tells at Information what users of a model server do not want to read.
    private LogLevel MinimumFor(string category) =>
        minimum >= LogLevel.Information && (category.StartsWith("Microsoft.", StringComparison.Ordinal) || category.StartsWith("Grpc.", StringComparison.Ordinal))
            ? LogLevel.Critical
            : minimum;

    private sealed class Logger(LogSink sink, string category, LogLevel minimum) : ILogger
    {
        private readonly string _part = category[(category.LastIndexOf('.') + 1)..];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                sink.Write(
                    new LogEntry(DateTimeOffset.Now, logLevel, _part, eventId, formatter(state, exception), exception, state as IReadOnlyList<KeyValuePair<string, object?>>),
                    withStackTrace: minimum <= LogLevel.Debug);
            }
        }
    }
}
