namespace Ovms.Processes;

/// <summary>Memory that is written as data of a frame, or part of it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Bytes">Its size.</param>
internal readonly record struct FramePart(nint Address, long Bytes);
