namespace Ovms.Observability;

/// <summary>How a log line is written.</summary>
internal enum LogForm
{
    /// <summary>For people: see <see cref="LogLine"/>.</summary>
    Text,

    /// <summary>For machines: see <see cref="JsonLogLine"/>.</summary>
    Json,
}

/// <summary>One thing to be logged.</summary>
/// <param name="Time">When it happened.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Part">Who says so.</param>
/// <param name="Event">Which event; its name may be missing.</param>
/// <param name="Message">The sentence.</param>
/// <param name="Exception">What was thrown.</param>
/// <param name="Fields">The sentence's parts by name.</param>
internal readonly record struct LogEntry(
    DateTimeOffset Time, LogLevel Level, string Part, EventId Event, string Message, Exception? Exception = null, IReadOnlyList<KeyValuePair<string, object?>>? Fields = null)
{
    /// <summary>The level's name in a line.</summary>
    public string LevelText => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    /// <summary>The line, ending with a newline.</summary>
    /// <param name="form">How.</param>
    /// <param name="withStackTrace">Whether an exception shows where it came from, or only what it says.</param>
    public string Write(LogForm form, bool withStackTrace) => form == LogForm.Json ? JsonLogLine.Write(this, withStackTrace) : LogLine.Write(this, withStackTrace);
}
