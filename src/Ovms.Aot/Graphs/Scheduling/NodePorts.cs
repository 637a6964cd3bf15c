namespace Ovms.Graphs.Scheduling;

/// <summary>
/// The streams and side packets that a node has in its definition. Each is known by its position in the list; calculators find the position
/// by tag and index when they are bound, not when they run.
/// </summary>
/// <param name="Inputs">Input streams.</param>
/// <param name="Outputs">Output streams.</param>
/// <param name="InputSides">Input side packets.</param>
/// <param name="OutputSides">Output side packets.</param>
internal sealed record NodePorts(PortName[] Inputs, PortName[] Outputs, PortName[] InputSides, PortName[] OutputSides)
{
    /// <summary>The position of a port in one of the lists; −1 if the node does not have it.</summary>
    public static int IndexOf(PortName[] ports, string tag, int index = 0) => Array.IndexOf(ports, new PortName(tag, index));

    /// <summary>The number of ports with a tag.</summary>
    public static int CountOf(PortName[] ports, string tag) => ports.Count(port => port.Tag == tag);
}
