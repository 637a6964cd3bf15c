using Ovms.Language.Sampling;
using Ovms.Status;

namespace Ovms.Generation.Requests;

/// <summary>A token of an answer or of the prompt, or the end of an answer, or both.</summary>
/// <param name="Answer">Index of the answer, from 0.</param>
/// <param name="Choice">The token, if <see cref="HasToken"/>.</param>
/// <param name="HasToken">Whether there is a token. An answer that ends without one has <see cref="Finish"/> set.</param>
/// <param name="Finish">Whether and why the answer ended with this event.</param>
/// <param name="Outcome">Why it failed, if <see cref="Finish"/> is Failed.</param>
/// <param name="PromptIndex">The token's index in the prompt; -1 for a generated one.</param>
internal readonly record struct TokenEvent(
    int Answer, TokenChoice Choice, bool HasToken, Finish Finish, Outcome Outcome = default, int PromptIndex = -1)
{
    /// <summary>A generated token.</summary>
    public static TokenEvent Of(int answer, TokenChoice choice, Finish finish) => new(answer, choice, HasToken: true, finish);

    /// <summary>A token of the prompt with its log-probability.</summary>
    public static TokenEvent OfPrompt(int index, TokenChoice choice) =>
        new(Answer: 0, choice, HasToken: true, Finish.None, PromptIndex: index);

    /// <summary>An end without a token.</summary>
    public static TokenEvent End(int answer, Finish finish, Outcome outcome = default) =>
        new(answer, default, HasToken: false, finish, outcome);
}
