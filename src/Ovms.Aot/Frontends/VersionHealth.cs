using Ovms.Serving.Table;

namespace Ovms.Frontends;

/// <summary>How a version's health is reported: TensorFlow's error code and a message.</summary>
/// <param name="Code">The code's number.</param>
/// <param name="CodeName">The code's name.</param>
/// <param name="Message">Why the version could not be loaded; else the code's name, as in the original.</param>
internal readonly record struct VersionHealth(int Code, string CodeName, string Message)
{
    /// <summary>The health of a table row.</summary>
    public static VersionHealth Of(VersionEntry version) => new((int)version.Error, version.ErrorName, version.ErrorMessage);
}
