using Ovms.Generation.Requests;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A prompt of a call and its answers.</summary>
/// <param name="Text">The prompt as text, for answers that repeat it; empty if none does.</param>
/// <param name="Generation">Generates the answers.</param>
/// <param name="Choices">The answers.</param>
internal sealed record TextPrompt(string Text, GenerationCall Generation, ChoiceText[] Choices)
{
    /// <summary>The prompt's token ids.</summary>
    public int[] Ids => Generation.Request.PromptIds;
}
