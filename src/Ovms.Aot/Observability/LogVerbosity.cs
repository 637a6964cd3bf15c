namespace Ovms.Observability;

/// <summary>The least level of lines that the log writes, by the names that users of the original know. Values are those of <see cref="LogLevel"/>.</summary>
internal enum LogVerbosity
{
    /// <summary>Everything.</summary>
    Trace = LogLevel.Trace,

    /// <summary>Faults of callers and details of loads, too.</summary>
    Debug = LogLevel.Debug,

    /// <summary>What happens to models and to the server.</summary>
    Info = LogLevel.Information,

    /// <summary>What may need attention.</summary>
    Warning = LogLevel.Warning,

    /// <summary>Failures alone.</summary>
    Error = LogLevel.Error,
}
