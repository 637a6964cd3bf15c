using System.Diagnostics;

namespace Ovms.Observability;

/// <summary>
/// How long the process runs. The wall clock is asked once, at the first look, for the part before it; from there on a clock counts that
/// nobody sets.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="started">When the system started the process, by its wall clock.</param>
internal sealed class ProcessAge(TimeProvider clock, DateTimeOffset started)
{
    private readonly TimeSpan _before = TimeSpan.FromTicks(Math.Max(0, (clock.GetUtcNow() - started).Ticks));
    private readonly long _since = clock.GetTimestamp();

    /// <summary>Of this process.</summary>
    public static ProcessAge Own { get; } = new(TimeProvider.System, ReadStart());

    /// <summary>When the process was started, by the wall clock of then.</summary>
    public DateTimeOffset Started => started;

    /// <summary>The age.</summary>
    public TimeSpan Now => _before + clock.GetElapsedTime(_since);

    private static DateTimeOffset ReadStart()
    {
        using Process process = Process.GetCurrentProcess();
        return process.StartTime.ToUniversalTime();
    }
}
