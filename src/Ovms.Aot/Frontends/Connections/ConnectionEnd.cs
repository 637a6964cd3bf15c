namespace Ovms.Frontends.Connections;

/// <summary>Why a connection is not let in, or had to go.</summary>
internal enum ConnectionEnd
{
    /// <summary>It was let in.</summary>
    None,

    /// <summary>As many are open as there may be, and none of them is idle.</summary>
    Full,

    /// <summary>Its address has as many as it may have, and none of them is idle.</summary>
    AddressFull,

    /// <summary>It reset more streams than the budget allows, or its address did and it took part.</summary>
    Resets,

    /// <summary>It was idle longest when another one needed its place.</summary>
    Idle,

    /// <summary>No request came in time.</summary>
    NoRequest,
}
