namespace Ovms.Graphs.Scheduling;

/// <summary>The rules by which inputs are combined; <see cref="InputPolicy"/> describes them.</summary>
internal enum InputPolicyKind
{
    /// <summary><see cref="InputPolicy.Default"/>.</summary>
    Default,

    /// <summary><see cref="InputPolicy.Immediate"/>.</summary>
    Immediate,

    /// <summary><see cref="InputPolicy.SyncSet"/>.</summary>
    SyncSet,

    /// <summary><see cref="InputPolicy.Barrier"/>.</summary>
    Barrier,

    /// <summary><see cref="InputPolicy.FixedSize"/>.</summary>
    FixedSize,

    /// <summary><see cref="InputPolicy.Mux"/>.</summary>
    Mux,
}
