using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>The result of one look.</summary>
/// <param name="Desired">What should be served, by the last readable configuration.</param>
/// <param name="Config">Ok, or why the configuration cannot be read now.</param>
/// <param name="ConfigChanged">Whether the configuration differs from that of the previous look.</param>
/// <param name="Errors">Errors about ignored parts of a changed configuration.</param>
/// <param name="Warnings">Warnings about a changed configuration.</param>
internal sealed record DesiredLook(
    Desired Desired,
    Outcome Config,
    bool ConfigChanged,
    ImmutableArray<string> Errors,
    ImmutableArray<string> Warnings);
