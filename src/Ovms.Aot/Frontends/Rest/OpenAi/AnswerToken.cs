using Ovms.Language.Sampling;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A token of an answer whose log-probability or id the caller wants.</summary>
/// <param name="Choice">The token.</param>
/// <param name="Offset">
/// Where its text begins in the answer, in Unicode characters. The text is the one before a stop text is cut off.
/// </param>
/// <param name="IsOfPrompt">Whether it is one of the prompt, which the answer repeats.</param>
internal readonly record struct AnswerToken(TokenChoice Choice, int Offset, bool IsOfPrompt);
