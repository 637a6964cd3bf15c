using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>A packet that a calculator has written.</summary>
/// <param name="Output">Position of the output at the node.</param>
/// <param name="Packet">The packet.</param>
internal readonly record struct EmittedPacket(int Output, Packet Packet);
