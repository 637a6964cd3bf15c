using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Ovms.Repository.Language;

/// <summary>The tokens with a role in all files beside a model; what the tokenizer IR says of their ids counts most.</summary>
/// <param name="Bos">Begins a text.</param>
/// <param name="Eos">Ends an answer.</param>
/// <param name="Pad">Fills up; the one that ends if none is said.</param>
/// <param name="Special">Ids of all tokens that are said to be special.</param>
internal sealed record SpecialTokenFiles(SpecialToken Bos, SpecialToken Eos, SpecialToken Pad, FrozenSet<int> Special)
{
    /// <summary>File name of the tokenizer's settings.</summary>
    public const string TokenizerConfig = "tokenizer_config.json";

    /// <summary>File name of the older list of tokens with a role.</summary>
    public const string TokenMap = "special_tokens_map.json";

    /// <summary>Combines what the files say.</summary>
    /// <param name="config">The object of config.json.</param>
    /// <param name="map">The object of special_tokens_map.json.</param>
    /// <param name="tokenizerConfig">The object of tokenizer_config.json.</param>
    /// <param name="tokenizer">What the rt_info of the tokenizer IR says, by name.</param>
    public static SpecialTokenFiles Of(
        JsonElement config, JsonElement map, JsonElement tokenizerConfig, IReadOnlyDictionary<string, string> tokenizer)
    {
        Dictionary<int, string> added = Added(tokenizerConfig, out FrozenSet<int> special);
        SpecialToken eos = Role("eos");
        SpecialToken pad = Role("pad");
        return new SpecialTokenFiles(Role("bos"), eos, pad.IsUnknown ? eos : pad, special);

        SpecialToken Role(string role)
        {
            string? text = Content(tokenizerConfig, role + "_token") ?? Content(map, role + "_token");
            int? id = tokenizer.TryGetValue(role + "_token_id", out string? said)
                && int.TryParse(said, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : ModelFacts.Ids(config, role + "_token_id").Select(static id => (int?)id).FirstOrDefault();
            if (id is null && text is not null && added.FirstOrDefault(token => token.Value == text) is { Value: not null } byText)
            {
                id = byText.Key;
            }

            return new SpecialToken(text ?? (id is { } known ? added.GetValueOrDefault(known) : null), id);
        }
    }

    // A text, or an object with the text and how it is matched.
    private static string? Content(JsonElement owner, string name) => JsonFacts.Text(owner, name)
        ?? (JsonFacts.Find(owner, name) is { } value ? JsonFacts.Text(value, "content") : null);

    private static Dictionary<int, string> Added(JsonElement tokenizerConfig, out FrozenSet<int> special)
    {
        Dictionary<int, string> added = [];
        HashSet<int> marked = [];
        if (JsonFacts.Find(tokenizerConfig, "added_tokens_decoder") is { ValueKind: JsonValueKind.Object } tokens)
        {
            foreach (JsonProperty token in tokens.EnumerateObject())
            {
                if (int.TryParse(token.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                    && JsonFacts.Text(token.Value, "content") is { } content)
                {
                    added[id] = content;
                    if (JsonFacts.Find(token.Value, "special") is { ValueKind: JsonValueKind.True })
                    {
                        marked.Add(id);
                    }
                }
            }
        }

        special = marked.ToFrozenSet();
        return added;
    }
}
