using System.Collections.Immutable;
using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>What is to be served, as somebody wrote it. Nothing in it was looked up on disk or on a device.</summary>
internal sealed record ServerConfig
{
    /// <summary>The models, names unique, in the order they were written.</summary>
    public required ImmutableArray<ModelOptions> Models { get; init; }

    /// <summary>Sentences for the log, at level error, about what is left out; everything else is served.</summary>
    public ImmutableArray<string> Errors { get; init; } = [];

    /// <summary>Sentences for the log.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>What is counted; null where the file does not say.</summary>
    public Monitoring? Monitoring { get; init; }

    /// <summary>Changes when the written text changes; a reading with the same fingerprint needs no second look.</summary>
    public required string Fingerprint { get; init; }
}
