using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>A stream or side packet at the edge of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The kind of its packets, as known from the nodes at it.</param>
internal sealed record GraphStream(string Name, PacketKind Kind);
