namespace Ovms.Graphs.Scheduling;

/// <summary>The place of a stream or side packet at a node: <c>TAG:index</c>.</summary>
/// <param name="Tag">The tag, in capitals; empty for one without a tag.</param>
/// <param name="Index">0 and up, for each tag by itself.</param>
internal readonly record struct PortName(string Tag, int Index)
{
    /// <summary>Written as in a graph: <c>TAG</c>, <c>TAG:2</c>, <c>:0</c>.</summary>
    public override string ToString() => Tag.Length == 0 ? $":{Index}" : Index == 0 ? Tag : $"{Tag}:{Index}";
}
