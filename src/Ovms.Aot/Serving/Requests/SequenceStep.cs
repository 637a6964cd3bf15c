namespace Ovms.Serving.Requests;

/// <summary>The sequence and step of a call.</summary>
/// <param name="Id">The sequence; none only if the call starts one and the server is to choose the id.</param>
/// <param name="IsStart">The sequence starts with this call.</param>
/// <param name="IsEnd">The sequence ends with this call.</param>
internal readonly record struct SequenceStep(SequenceId Id, bool IsStart, bool IsEnd);
