namespace Ovms.Options;

/// <summary>Whether a model computes once with zeros before it is served.</summary>
internal enum WarmupRule
{
    /// <summary>On all devices except the CPU alone.</summary>
    Auto,

    /// <summary>On all devices.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}
