namespace Ovms.Configuration.Pipelines;

/// <summary>An item that a node or the request produces, as a configuration names it.</summary>
/// <param name="Name">The name of what receives it: an input of a node, or an output of the response.</param>
/// <param name="Node">The node that produces it, or <c>request</c>.</param>
/// <param name="Item">The name of the item among those of that node.</param>
internal sealed record PipelineItem(string Name, string Node, string Item);
