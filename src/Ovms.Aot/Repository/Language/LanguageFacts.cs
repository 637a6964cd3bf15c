using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Repository.Language;

/// <summary>What the files beside a language model say of it.</summary>
/// <param name="Model">From config.json.</param>
/// <param name="Generation">From generation_config.json.</param>
/// <param name="Tokens">Tokens with a role.</param>
/// <param name="Template">The chat template; null if there is none.</param>
/// <param name="Warnings">Sentences for the log: files and values that cannot be used.</param>
internal sealed record LanguageFacts(
    ModelFacts Model, GenerationFile Generation, SpecialTokenFiles Tokens, ChatTemplate? Template, ImmutableArray<string> Warnings)
{
    /// <summary>
    /// The ids that end an answer: those of generation_config.json, else those of config.json and of the tokenizer. Empty if no file says
    /// an id.
    /// </summary>
    public required ImmutableArray<int> EndIds { get; init; }

    /// <summary>
    /// Reads all of them. A file that says where answers end or how long they may be must be whole; another one that is not becomes a
    /// warning.
    /// </summary>
    /// <returns>The facts, or what is missing or broken.</returns>
    public static Outcome<LanguageFacts> Read(LanguageFolder folder)
    {
        List<string> warnings = [];
        if (folder.Check() is { IsOk: false } missing)
        {
            return missing;
        }

        Outcome<JsonElement> config = JsonFacts.Read(folder.In(ModelFacts.Name));
        if (!config.IsOk)
        {
            return config.WithoutValue;
        }

        Outcome<GenerationFile> generation = GenerationFile.Read(folder, warnings);
        if (!generation.IsOk)
        {
            return generation.WithoutValue;
        }

        Outcome<Dictionary<string, string>> tokenizer = TokenizerInfo.Read(folder.Tokenizer);
        if (!tokenizer.IsOk)
        {
            return tokenizer.WithoutValue;
        }

        JsonElement tokenizerConfig = Optional(folder.In(SpecialTokenFiles.TokenizerConfig), warnings);
        JsonElement map = Optional(folder.In(SpecialTokenFiles.TokenMap), warnings);
        SpecialTokenFiles tokens = SpecialTokenFiles.Of(config.Value, map, tokenizerConfig, tokenizer.Value);
        return new LanguageFacts(
            ModelFacts.Of(config.Value),
            generation.Value,
            tokens,
            ChatTemplate.Find(folder, tokenizerConfig, tokenizer.Value.GetValueOrDefault("chat_template"), warnings),
            [.. warnings])
        {
            EndIds = generation.Value.EosIds is { Length: > 0 } given ? given
                : [.. ModelFacts.Ids(config.Value, "eos_token_id").Concat(tokens.Eos.Id is { } eos ? [eos] : []).Distinct()],
        };
    }

    private static JsonElement Optional(string path, List<string> warnings)
    {
        Outcome<JsonElement> json = JsonFacts.Read(path);
        if (!json.IsOk)
        {
            warnings.Add(json.Text);
        }

        return json.Value;
    }
}
