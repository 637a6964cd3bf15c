namespace Ovms.Graphs.Scheduling;

/// <summary>The life of a <see cref="GraphInstance"/> from rent to return.</summary>
internal enum GraphPhase
{
    /// <summary>Not started.</summary>
    Rented,

    /// <summary>Nodes are being opened.</summary>
    Starting,

    /// <summary>Packets may be added.</summary>
    Running,

    /// <summary>All nodes are closed and nothing is held.</summary>
    Ended,
}
