using System.Collections.Immutable;

namespace Ovms.Configuration.Pipelines;

/// <summary>A pipeline as written.</summary>
internal sealed record PipelineConfig
{
    /// <summary>The name of the node that stands for the request.</summary>
    public const string Request = "request";

    /// <summary>The name of the node that stands for the response.</summary>
    public const string Response = "response";

    /// <summary>The most parts that a tensor is split into.</summary>
    public const int MostParts = 10_000;

    /// <summary>The name that callers use.</summary>
    public required string Name { get; init; }

    /// <summary>Names of the inputs of a request.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>The nodes, in the order written.</summary>
    public ImmutableArray<PipelineNode> Nodes { get; init; } = [];

    /// <summary>The outputs of the response.</summary>
    public ImmutableArray<PipelineItem> Outputs { get; init; } = [];

    /// <summary>Number of parts that a request is split into; -1 = as many as its first dimension has. Null = not split.</summary>
    public int? DemultiplyCount { get; init; }

    /// <summary>Whether a demultiplexer that finds nothing gives outputs with 0 in the gathered dimension, in place of an error.</summary>
    public bool EmptyResult { get; init; }

    /// <summary>The libraries that its nodes name: names and absolute paths.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Libraries { get; init; } = [];

    /// <summary>The text that it was read from, with the paths of its libraries: equal texts make equal pipelines.</summary>
    public required string Fingerprint { get; init; }
}
