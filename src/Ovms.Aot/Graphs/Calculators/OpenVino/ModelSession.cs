using System.Globalization;

namespace Ovms.Graphs.Calculators.OpenVino;

/// <summary>The model that a session node names: the value of its side packet.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Version">Digits; empty for the default version.</param>
internal sealed record ModelSession(string Model, string Version)
{
    /// <summary>The session of options. As in the original, a version that is no number stands for the default one.</summary>
    public static ModelSession Of(ModelSessionOptions options) => new(
        options.ServableName,
        long.TryParse(options.ServableVersion, NumberStyles.None, CultureInfo.InvariantCulture, out long version) && version > 0
            ? options.ServableVersion
            : "");
}
