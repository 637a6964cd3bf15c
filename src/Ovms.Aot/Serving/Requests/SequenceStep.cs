namespace Ovms.Serving.Requests;

/// <summary>Which step of which sequence a call is.</summary>
/// <param name="Id">The sequence; none only where it starts and the server is to choose.</param>
/// <param name="IsStart">The sequence starts with this call.</param>
/// <param name="IsEnd">The sequence ends with this call.</param>
internal readonly record struct SequenceStep(SequenceId Id, bool IsStart, bool IsEnd);
