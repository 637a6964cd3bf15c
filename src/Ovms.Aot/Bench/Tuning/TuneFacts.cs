namespace Ovms.Bench.Tuning;

/// <summary>What decides which arrangements are worth measuring.</summary>
/// <param name="Cpus">CPUs that the process may use.</param>
/// <param name="MostCallers">The greatest number of callers of the load.</param>
internal sealed record TuneFacts(int Cpus, int MostCallers)
{
    /// <summary>Whether the model runs on the CPU alone.</summary>
    public bool HasOnlyCpu { get; init; } = true;

    /// <summary>Whether a number of streams can be set for the device.</summary>
    public bool HasStreams { get; init; } = true;

    /// <summary>Whether every input leaves its first dimension open, and no option sets it.</summary>
    public bool IsBatchOpen { get; init; }

    /// <summary>Whether the server may follow the load.</summary>
    public bool CanAdapt { get; init; } = true;

    /// <summary>Whether the hint or the streams were given: then neither is varied.</summary>
    public bool IsFormGiven { get; init; }

    /// <summary>Whether the number of infer requests was given.</summary>
    public bool IsNireqGiven { get; init; }
}
