namespace Ovms.Observability;

/// <summary>The original's names of log levels.</summary>
internal static class LogLevels
{
    /// <summary>The level of a name that the option table let pass.</summary>
    public static LogLevel Parse(string name) => name switch
    {
        "TRACE" => LogLevel.Trace,
        "DEBUG" => LogLevel.Debug,
        "WARNING" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
