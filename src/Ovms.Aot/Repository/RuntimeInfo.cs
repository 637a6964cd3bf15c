using System.Collections.Immutable;

namespace Ovms.Repository;

/// <summary>A node of an IR's rt_info: a value, or further nodes.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Value">The node's text; null if it only holds other nodes.</param>
/// <param name="Children">In the order of the file.</param>
internal sealed record RuntimeInfo(string Name, string? Value, ImmutableArray<RuntimeInfo> Children)
{
    /// <summary>A child by name; null when there is none.</summary>
    public RuntimeInfo? Find(string name) => Children.FirstOrDefault(child => child.Name == name);
}
