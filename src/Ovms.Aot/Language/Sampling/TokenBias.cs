namespace Ovms.Language.Sampling;

/// <summary>One entry of logit_bias.</summary>
/// <param name="Id">The token.</param>
/// <param name="Bias">What is added to its logit before penalties; -100 to 100.</param>
internal readonly record struct TokenBias(int Id, float Bias);
