using System.Globalization;

namespace Ovms.Serving;

/// <summary>Which servable: its name and the number of its version (at least 1).</summary>
internal readonly record struct ServableId(string Name, long Version)
{
    /// <summary>The version as the wire writes it.</summary>
    public string VersionText { get; } = Version.ToString(CultureInfo.InvariantCulture);
}
