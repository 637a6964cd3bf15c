namespace Ovms.Configuration.Pipelines;

/// <summary>An output of a node.</summary>
/// <param name="Item">The name of the model's or the library's output.</param>
/// <param name="Alias">The name by which other nodes refer to it.</param>
internal sealed record PipelineAlias(string Item, string Alias);
