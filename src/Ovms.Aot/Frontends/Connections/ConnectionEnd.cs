namespace Ovms.Frontends.Connections;

/// <summary>Why a connection was rejected or closed.</summary>
internal enum ConnectionEnd
{
    /// <summary>It was admitted.</summary>
    None,

    /// <summary>All places are taken, and no connection is idle.</summary>
    Full,

    /// <summary>Its address has as many connections as it may have, and none of them is idle.</summary>
    AddressFull,

    /// <summary>It exceeded the reset budget, or its address did and it contributed.</summary>
    Resets,

    /// <summary>It was idle longest when another connection needed its place.</summary>
    Idle,

    /// <summary>No request came in time.</summary>
    NoRequest,
}
