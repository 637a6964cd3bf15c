namespace Ovms.Options;

/// <summary>A switch whose value is always written, as in <c>--enable_prefix_caching false</c>.</summary>
internal enum TrueFalse
{
    /// <summary>Off.</summary>
    False,

    /// <summary>On.</summary>
    True,
}
