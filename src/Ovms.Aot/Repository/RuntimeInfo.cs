using System.Collections.Immutable;

namespace Ovms.Repository;

/// <summary>A node of what an IR tells of itself (rt_info): a value, or further nodes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its text; null where it only holds others.</param>
/// <param name="Children">In the file's order.</param>
internal sealed record RuntimeInfo(string Name, string? Value, ImmutableArray<RuntimeInfo> Children)
{
    /// <summary>A child by name; null when there is none.</summary>
    public RuntimeInfo? Find(string name) => Children.FirstOrDefault(child => child.Name == name);
}
