using System.Collections.Immutable;
using Ovms.Options;

namespace Ovms.Configuration;

/// <summary>What is to be served, as somebody wrote it. No model in it was looked at, on disk or on a device.</summary>
internal sealed record ServerConfig
{
    /// <summary>The models, names unique, in the order they were written.</summary>
    public required ImmutableArray<ModelOptions> Models { get; init; }

    /// <summary>What else has a name and is not served yet; the names are none of the models'.</summary>
    public ImmutableArray<GraphEntry> Graphs { get; init; } = [];

    /// <summary>Sentences for the log, at level error, about what is left out; everything else is served.</summary>
    public ImmutableArray<string> Errors { get; init; } = [];

    /// <summary>Sentences for the log.</summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>What is counted; null where the file does not say.</summary>
    public Monitoring? Monitoring { get; init; }

    /// <summary>Changes when the written text changes; a reading with the same fingerprint needs no second look.</summary>
    public required string Fingerprint { get; init; }
}
