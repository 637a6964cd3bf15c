namespace Ovms.Observability;

/// <summary>The options' names of log levels, which are the original's, and of forms.</summary>
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

    /// <summary>The form of a name that the option table let pass.</summary>
    public static LogForm ParseForm(string name) => name == "json" ? LogForm.Json : LogForm.Text;
}
