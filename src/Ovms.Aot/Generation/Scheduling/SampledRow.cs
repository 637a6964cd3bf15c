using Ovms.Language.Sampling;

namespace Ovms.Generation.Scheduling;

/// <summary>A row of logits from which a token is chosen.</summary>
/// <param name="Sequence">The sequence that gets the token.</param>
/// <param name="Row">Index of the row in the step.</param>
/// <param name="Choice">The token, when it is chosen; not for a sequence that others copy.</param>
internal readonly record struct SampledRow(Sequence Sequence, int Row, TokenChoice Choice);
