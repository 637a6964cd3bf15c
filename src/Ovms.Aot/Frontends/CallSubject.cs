using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>What a call was about, kept with the call when it fails, for the log.</summary>
/// <param name="Model">The model's name as the caller wrote it, bounded.</param>
/// <param name="Version">The version as the caller wrote it; empty = the default one.</param>
/// <param name="Id">The caller's own mark; null when none came.</param>
internal sealed record CallSubject(string Model, string Version, string? Id)
{
    /// <summary>Keeps it with the call.</summary>
    public static void Keep(HttpContext call, string model, string version, string? id = null) =>
        call.Features.Set(new CallSubject(Shown.Bounded(model), Shown.Bounded(version), id));
}
