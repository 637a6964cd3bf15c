using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Repository.Language;

/// <summary>
/// generation_config.json: the defaults that a model's makers chose for requests. A value that is null was not given, or was out of range
/// and is told in the warnings. do_sample is not read: as in the original, the temperature decides.
/// </summary>
internal sealed record GenerationFile
{
    /// <summary>The file's name.</summary>
    public const string Name = "generation_config.json";

    /// <summary>The ids that end an answer, the first of them first; empty if the file has none.</summary>
    public ImmutableArray<int> EosIds { get; init; } = [];

    /// <summary>Tokens of an answer at most.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Tokens of a prompt and its answer at most.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Tokens of an answer at least.</summary>
    public int? MinNewTokens { get; init; }

    /// <summary>Whether the answer goes on after an id that ends it.</summary>
    public bool? IgnoreEos { get; init; }

    /// <summary>Texts that end an answer.</summary>
    public ImmutableArray<string> StopStrings { get; init; } = [];

    /// <summary>Whether such a text stays in the answer.</summary>
    public bool? IncludeStop { get; init; }

    /// <summary>Temperature, from 0 to 2, as in requests.</summary>
    public float? Temperature { get; init; }

    /// <summary>Over 0, at most 1.</summary>
    public float? TopP { get; init; }

    /// <summary>How many tokens are drawn from; 0 for all.</summary>
    public int? TopK { get; init; }

    /// <summary>At least 0, under 1.</summary>
    public float? MinP { get; init; }

    /// <summary>Over 0.</summary>
    public float? RepetitionPenalty { get; init; }

    /// <summary>-2 to 2.</summary>
    public float? FrequencyPenalty { get; init; }

    /// <summary>-2 to 2.</summary>
    public float? PresencePenalty { get; init; }

    /// <summary>Reads the file of a folder; without one nothing is given.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="warnings">Gets a sentence for each value that cannot be used.</param>
    /// <returns>The values, or why the file cannot be read.</returns>
    public static Outcome<GenerationFile> Read(LanguageFolder folder, List<string> warnings)
    {
        Outcome<JsonElement> json = JsonFacts.Read(folder.In(Name));
        if (!json.IsOk)
        {
            return json.WithoutValue;
        }

        GenerationValues values = new(json.Value, folder.In(Name), warnings);
        values.ExpectOne("num_return_sequences", "a request without n gets one answer");
        values.ExpectOne("num_beams", "beam search is not served");
        return new GenerationFile
        {
            EosIds = values.Ids("eos_token_id"),
            MaxNewTokens = values.Count("max_new_tokens", 0),
            MaxLength = values.Count("max_length", 1),
            MinNewTokens = values.Count("min_new_tokens", 0),
            IgnoreEos = values.Flag("ignore_eos"),
            StopStrings = values.Texts("stop_strings"),
            IncludeStop = values.Flag("include_stop_str_in_output"),
            Temperature = values.Number("temperature", static value => value is >= 0 and <= 2, "a number from 0 to 2"),
            TopP = values.Number("top_p", static value => value is > 0 and <= 1, "a number over 0 and at most 1"),
            TopK = values.Count("top_k", 0),
            MinP = values.Number("min_p", static value => value is >= 0 and < 1, "a number of at least 0 and under 1"),
            RepetitionPenalty = values.Number("repetition_penalty", static value => value > 0, "a number over 0"),
            FrequencyPenalty = values.Number("frequency_penalty", static value => value is >= -2 and <= 2, "a number from -2 to 2"),
            PresencePenalty = values.Number("presence_penalty", static value => value is >= -2 and <= 2, "a number from -2 to 2"),
        };
    }
}
