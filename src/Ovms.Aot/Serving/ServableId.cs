using System.Globalization;

namespace Ovms.Serving;

/// <summary>Identifies a servable: its name and version number (at least 1).</summary>
internal readonly record struct ServableId(string Name, long Version)
{
    /// <summary>The version as the APIs write it.</summary>
    public string VersionText { get; } = Version.ToString(CultureInfo.InvariantCulture);

    /// <summary>As the log writes it: <c>m; version: 1</c>.</summary>
    public override string ToString() => $"{Name}; version: {VersionText}";
}
