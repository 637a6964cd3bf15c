namespace Ovms.Tests.Graphs.Scheduling;

/// <summary>What a node of a random graph does: a pure function of its seed, the number of its run, and its inputs.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Kind">How its inputs are combined.</param>
/// <param name="Seed">Differs between nodes.</param>
/// <param name="Inputs">Names of its input streams; in a mux the last one selects.</param>
/// <param name="Outputs">Names of its output streams.</param>
/// <param name="Shift">Units by which its outputs are later than its inputs.</param>
/// <param name="HasOffset">Whether it declares that.</param>
/// <param name="MaxInFlight">Runs at the same time.</param>
/// <param name="FailsAt">The time at which it fails; null for never.</param>
internal sealed record RandomNode(
    string Name, RandomKind Kind, int Seed, string[] Inputs, string[] Outputs, int Shift, bool HasOffset, int MaxInFlight, long? FailsAt)
{
    /// <summary>What a run writes: for each output a value, or null for nothing.</summary>
    /// <param name="time">The time of the run.</param>
    /// <param name="inputs">The value of each input; null for none.</param>
    public int?[] Run(long time, int?[] inputs)
    {
        uint hash = (uint)Seed;
        foreach (int? input in inputs)
        {
            hash = ((hash ^ (uint)(input ?? -1)) * 16777619) ^ (hash >> 15);
        }

        hash ^= (uint)time * 2654435761;
        return [.. Outputs.Select((_, i) => Value((hash * (uint)((2 * i) + 3)) >> 4))];
    }

    // A selector says which of two; others write nothing in one run of four.
    private int? Value(uint hash) => Kind == RandomKind.Selector ? (int)(hash & 1) : (hash & 3) == 0 ? null : (int)(hash & 0xFFFF);
}
