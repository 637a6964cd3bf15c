using System.Collections.Immutable;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>What one look found.</summary>
/// <param name="Desired">What ought to be served; by the last configuration that could be read.</param>
/// <param name="Config">Ok, or why the configuration cannot be read now.</param>
/// <param name="ConfigChanged">Whether it is another one than at the look before.</param>
/// <param name="Errors">Sentences about what a configuration that changed says and is left out.</param>
/// <param name="Warnings">Sentences about a configuration that changed.</param>
internal sealed record DesiredLook(Desired Desired, Outcome Config, bool ConfigChanged, ImmutableArray<string> Errors, ImmutableArray<string> Warnings);
