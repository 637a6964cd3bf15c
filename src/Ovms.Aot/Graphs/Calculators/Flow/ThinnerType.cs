namespace Ovms.Graphs.Calculators.Flow;

/// <summary>How packets are chosen.</summary>
internal enum ThinnerType
{
    /// <summary>A packet stays if the last one that stayed is a period or more before it.</summary>
    Async = 1,

    /// <summary>The packet nearest to each multiple of the period stays.</summary>
    Sync = 2,
}
