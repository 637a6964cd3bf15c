namespace Ovms.Observability;

/// <summary>Lowest level that is logged, by the original server's names. Values are those of <see cref="LogLevel"/>.</summary>
internal enum LogVerbosity
{
    /// <summary>All lines.</summary>
    Trace = LogLevel.Trace,

    /// <summary>Also faults of callers and details of loads.</summary>
    Debug = LogLevel.Debug,

    /// <summary>Also changes of models and of the server.</summary>
    Info = LogLevel.Information,

    /// <summary>Also conditions that may need attention.</summary>
    Warning = LogLevel.Warning,

    /// <summary>Failures only.</summary>
    Error = LogLevel.Error,
}
