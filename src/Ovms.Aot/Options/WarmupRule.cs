namespace Ovms.Options;

/// <summary>Whether a model computes once with zeros before it is served.</summary>
internal enum WarmupRule
{
    /// <summary>If another device than the CPU may compute it.</summary>
    Auto,

    /// <summary>On all devices.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}
