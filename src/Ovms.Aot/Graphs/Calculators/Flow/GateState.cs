namespace Ovms.Graphs.Calculators.Flow;

/// <summary>State of a gate.</summary>
internal enum GateState
{
    /// <summary>Not given.</summary>
    Unspecified = 0,

    /// <summary>Not known yet.</summary>
    GateUninitialized = 1,

    /// <summary>Open.</summary>
    GateAllow = 2,

    /// <summary>Closed.</summary>
    GateDisallow = 3,
}
