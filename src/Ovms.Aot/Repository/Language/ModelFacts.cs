using System.Text.Json;

namespace Ovms.Repository.Language;

/// <summary>What config.json says of a language model.</summary>
/// <param name="ModelType">The architecture, such as <c>llama</c>; empty if it is not said.</param>
/// <param name="ModelLength">Tokens of a prompt and its answer at most; null if it is not said.</param>
/// <param name="VocabularySize">Logits a row; null if it is not said. May be more than the tokenizer has tokens.</param>
internal sealed record ModelFacts(string ModelType, int? ModelLength, int? VocabularySize)
{
    /// <summary>The file's name.</summary>
    public const string Name = "config.json";

    // In the order in which they count.
    private static readonly string[] s_lengths =
        ["max_position_embeddings", "n_positions", "seq_len", "seq_length", "n_ctx", "max_seq_len", "sliding_window"];

    // Models of several parts describe the one that writes text in an object of its own.
    private static readonly string[] s_parts = ["text_config", "llm_config", "language_config"];

    /// <summary>Reads the facts.</summary>
    /// <param name="config">The object of config.json.</param>
    public static ModelFacts Of(JsonElement config)
    {
        JsonElement[] places = [config, .. s_parts.Select(part => JsonFacts.Find(config, part)).OfType<JsonElement>()];
        return new ModelFacts(
            JsonFacts.Text(config, "model_type") ?? "",
            places.SelectMany(static place => s_lengths.Select(name => JsonFacts.Count(place, name)))
                .FirstOrDefault(static length => length > 0),
            places.Select(static place => JsonFacts.Count(place, "vocab_size")).FirstOrDefault(static size => size > 0));
    }

    /// <summary>A value of config.json that may lie in the part that writes text.</summary>
    public static JsonElement? Find(JsonElement config, string name) =>
        JsonFacts.Find(config, name)
        ?? s_parts.Select(part => JsonFacts.Find(config, part) is { } owner ? JsonFacts.Find(owner, name) : null)
            .FirstOrDefault(static value => value is not null);

    /// <summary>One id or a list of ids in config.json; empty if it has none of the name.</summary>
    public static IEnumerable<int> Ids(JsonElement config, string name) => Find(config, name) switch
    {
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(Id).OfType<int>(),
        { } one when Id(one) is { } id => [id],
        _ => [],
    };

    private static int? Id(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id >= 0 ? id : null;
}
