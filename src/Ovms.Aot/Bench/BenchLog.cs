using Ovms.Hosting;

namespace Ovms.Bench;

/// <summary>Prints warnings and errors to standard error: the standard output is the report's.</summary>
internal sealed class BenchLog : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            StandardStreams.TryPrint("", $"{logLevel.ToString().ToLowerInvariant()}: {formatter(state, exception)}\n");
        }
    }
}
