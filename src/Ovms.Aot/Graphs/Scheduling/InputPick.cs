using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Scheduling;

/// <summary>The inputs of one run, as an <see cref="InputRule"/> has chosen them.</summary>
/// <param name="Time">The time of the run; if the node must wait, the earliest that the next one may have.</param>
/// <param name="Group">The group of inputs that takes part.</param>
internal readonly record struct InputPick(Timestamp Time, int Group = 0);
