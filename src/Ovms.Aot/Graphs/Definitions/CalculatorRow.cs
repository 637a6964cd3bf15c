using Ovms.Configuration.Graphs;

namespace Ovms.Graphs.Definitions;

/// <summary>A calculator that graphs may name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="OptionsName">The full name of its options; null if it has none.</param>
/// <param name="ReadOptions">Reads them; null if it has none.</param>
internal sealed record CalculatorRow(
    string Name, string? OptionsName, Func<ProtoMessage, ProtoPlace, GraphFaults, object>? ReadOptions)
{
    /// <summary>The tag of a side packet that nodes with it read and the server makes; null for none.</summary>
    public string? ServerSide { get; init; }

    /// <summary>A row without options.</summary>
    public static CalculatorRow Plain(string name) => new(name, null, null);
}
