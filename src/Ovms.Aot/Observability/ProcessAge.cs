using System.Diagnostics;

namespace Ovms.Observability;

/// <summary>
/// How long the process has been running. The wall clock is read once, for the time before this object was made. From then on the
/// monotonic clock counts, which cannot be adjusted.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="started">Start of the process by the system's wall clock.</param>
internal sealed class ProcessAge(TimeProvider clock, DateTimeOffset started)
{
    private readonly TimeSpan _before = TimeSpan.FromTicks(Math.Max(0, (clock.GetUtcNow() - started).Ticks));
    private readonly long _since = clock.GetTimestamp();

    /// <summary>Age of this process.</summary>
    public static ProcessAge Own { get; } = new(TimeProvider.System, ReadStart());

    /// <summary>Start of the process by the wall clock of that time.</summary>
    public DateTimeOffset Started => started;

    /// <summary>The age.</summary>
    public TimeSpan Now => _before + clock.GetElapsedTime(_since);

    private static DateTimeOffset ReadStart()
    {
        using Process process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }
}
