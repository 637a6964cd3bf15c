namespace Ovms.Language.Sampling;

/// <summary>The token that was chosen from a row of logits.</summary>
/// <param name="Id">The token, or -1 if <paramref name="Fault"/> is set.</param>
/// <param name="LogProbability">
/// Natural logarithm of its probability under the raw logits, before bias, penalties and temperature; NaN if it is not wanted.
/// </param>
/// <param name="TopLogProbs">The most probable tokens under the raw logits; empty if they are not wanted.</param>
/// <param name="Fault">Why no token was chosen.</param>
internal readonly record struct TokenChoice(int Id, float LogProbability, TopLogProbs TopLogProbs, RowFault Fault = RowFault.None)
{
    /// <summary>No token.</summary>
    public static TokenChoice Failed(RowFault fault) => new(-1, float.NaN, default, fault);
}
