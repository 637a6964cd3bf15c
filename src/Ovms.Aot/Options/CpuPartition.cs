namespace Ovms.Options;

/// <summary>How several models use the CPUs.</summary>
internal enum CpuPartition
{
    /// <summary>Each model may use all CPUs.</summary>
    Share,

    /// <summary>Each model has its own CPUs.</summary>
    Split,
}
