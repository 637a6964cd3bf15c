using Ovms.Serving.Table;

namespace Ovms.Frontends;

/// <summary>How a version's state is told beside its name: TensorFlow's error code, and words.</summary>
/// <param name="Code">The code's number.</param>
/// <param name="CodeName">The code's name.</param>
/// <param name="Message">Why a version could not be loaded; else the code's name, as in the original.</param>
internal readonly record struct VersionHealth(int Code, string CodeName, string Message)
{
    /// <summary>Of a row of the table.</summary>
    public static VersionHealth Of(VersionEntry version) => new((int)version.Error, version.Error.ToString().ToUpperInvariant(), version.ErrorMessage);
}
