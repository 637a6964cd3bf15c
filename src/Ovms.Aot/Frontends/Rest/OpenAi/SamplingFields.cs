using System.Text.Json;
using Ovms.Language.Text;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>The fields that chat and completions share, checked in the original's order and with its texts.</summary>
internal sealed record SamplingFields
{
    /// <summary>Whether the answer is streamed.</summary>
    public bool IsStream { get; private init; }

    /// <summary>Whether a stream ends with the usage.</summary>
    public bool IncludesUsage { get; private init; }

    /// <summary>Whether every chunk of a stream carries the usage up to it.</summary>
    public bool HasRunningUsage { get; private init; }

    /// <summary>Whether the end token does not end the answer; null = the model's default.</summary>
    public bool? IgnoresEnd { get; private init; }

    /// <summary>Most tokens of an answer; null = no limit given.</summary>
    public long? MaxTokens { get; private init; }

    /// <summary>Tokens before a text or a token may end an answer; null = the model's default.</summary>
    public int? MinTokens { get; private init; }

    /// <summary>From -2 to 2; null = the model's default.</summary>
    public double? FrequencyPenalty { get; private init; }

    /// <summary>From -2 to 2; null = the model's default.</summary>
    public double? PresencePenalty { get; private init; }

    /// <summary>Above 0; null = the model's default.</summary>
    public double? RepetitionPenalty { get; private init; }

    /// <summary>From 0 (greedy) to 2; null = the model's default.</summary>
    public double? Temperature { get; private init; }

    /// <summary>Above 0, to 1; null = the model's default.</summary>
    public double? TopP { get; private init; }

    /// <summary>From 0 to below 1; null = the model's default.</summary>
    public double? MinP { get; private init; }

    /// <summary>How many tokens are candidates; -1 = all; null = the model's default.</summary>
    public int? TopK { get; private init; }

    /// <summary>The seed; null = random.</summary>
    public uint? Seed { get; private init; }

    /// <summary>Texts that end the answer; null = the model's.</summary>
    public string[]? Stops { get; private init; }

    /// <summary>Whether the answer contains the text that ended it; null = the model's default.</summary>
    public bool? IncludesStop { get; private init; }

    /// <summary>Additions to the logits of tokens.</summary>
    public KeyValuePair<int, float>[] LogitBias { get; private init; } = [];

    /// <summary>Number of answers to a prompt.</summary>
    public int Answers { get; private init; } = 1;

    /// <summary>Whether special tokens are left out of the text.</summary>
    public bool SkipsSpecialTokens { get; private init; } = true;

    /// <summary>Whether the answer carries token ids.</summary>
    public bool ReturnsTokenIds { get; private init; }

    /// <summary>Reads whether the answer is streamed.</summary>
    /// <param name="fields">The request; receives the fault.</param>
    public static bool ReadIsStream(RequestFields fields) => fields.Flag("stream", "stream field is not a boolean");

    /// <summary>Reads them.</summary>
    /// <param name="fields">The request; receives the first fault.</param>
    /// <param name="limits">The model's limits.</param>
    public static SamplingFields Read(RequestFields fields, TextLimits limits)
    {
        bool isStream = ReadIsStream(fields);
        (bool includesUsage, bool running) = ReadStreamOptions(fields, isStream);
        return new SamplingFields
        {
            IsStream = isStream,
            IncludesUsage = includesUsage,
            HasRunningUsage = running,
            IgnoresEnd = OptionalFlag(fields, "ignore_eos"),
            MaxTokens = fields.Unsigned("max_tokens"),
            FrequencyPenalty = InRange(fields, "frequency_penalty", -2, 2),
            PresencePenalty = InRange(fields, "presence_penalty", -2, 2),
            RepetitionPenalty = fields.Number(
                "repetition_penalty",
                static value => value is > 0 and <= float.MaxValue,
                "repetition_penalty must be above 0 and at most 3.4e38"),
            Temperature = ReadTemperature(fields),
            TopP = fields.Number(
                "top_p", static value => value is > 0 and <= 1, "top_p out of range(0.0, 1.0); Expected: above 0, at most 1"),
            MinP = fields.Number("min_p", static value => value is >= 0 and < 1, "min_p out of range(0.0, 1.0); Expected: from 0, below 1"),
            TopK = ReadTopK(fields),
            Seed = ReadSeed(fields),
            Stops = ReadStops(fields),
            IncludesStop = OptionalFlag(fields, "include_stop_str_in_output"),
            Answers = ReadAnswers(fields, limits, isStream),
            MinTokens = fields.Unsigned("min_tokens") is { } least ? (int)Math.Min(least, int.MaxValue) : null,
            LogitBias = LogitBiasField.Read(fields),
            SkipsSpecialTokens = fields.Flag("skip_special_tokens", "skip_special_tokens accepts values true or false", otherwise: true),
            ReturnsTokenIds = fields.Flag("return_token_ids", "return_token_ids accepts values true or false"),
        };
    }

    private static bool? OptionalFlag(RequestFields fields, string name) =>
        fields.Has(name) ? fields.Flag(name, $"{name} accepts values true or false") : null;

    private static double? InRange(RequestFields fields, string name, double min, double max) =>
        fields.Number(
            name,
            value => value >= min && value <= max,
            FormattableString.Invariant($"{name} out of range({min:0.0}, {max:0.0})"));

    private static double? ReadTemperature(RequestFields fields)
    {
        // Reads between the penalties and top_p; length_penalty is that of beam search, which has no effect without it.
        fields.Number("length_penalty", static _ => true, "");
        return InRange(fields, "temperature", 0, 2);
    }

    private static (bool IncludesUsage, bool Running) ReadStreamOptions(RequestFields fields, bool isStream)
    {
        if (!fields.TryGet("stream_options", out JsonElement options))
        {
            return default;
        }

        if (!isStream)
        {
            fields.Fail("stream_options provided, but stream not set to true");
            return default;
        }

        if (options.ValueKind != JsonValueKind.Object)
        {
            fields.Fail("stream_options is not an object");
            return default;
        }

        RequestFields inner = new(options);
        bool usage = inner.Flag("include_usage", "stream_options.include_usage is not a boolean");
        bool running = inner.Flag("continuous_usage_stats", "stream_options.continuous_usage_stats is not a boolean");
        fields.Fail(inner.Fault);
        return (usage, usage && running);
    }

    private static int? ReadTopK(RequestFields fields)
    {
        if (!fields.TryGet("top_k", out JsonElement value))
        {
            return null;
        }

        if (!RequestFields.TryWhole(value, out Int128 number))
        {
            fields.Fail("top_k is not an integer");
            return null;
        }

        if (number < -1 || number == 0)
        {
            fields.Fail("top_k must be -1 (all tokens) or a positive integer");
            return null;
        }

        return (int)Int128.Min(number, int.MaxValue);
    }

    private static uint? ReadSeed(RequestFields fields)
    {
        if (!fields.TryGet("seed", out JsonElement value))
        {
            return null;
        }

        if (!RequestFields.TryWhole(value, out Int128 number))
        {
            fields.Fail("seed is not an integer");
            return null;
        }

        if (number < 0 || number > uint.MaxValue)
        {
            fields.Fail($"seed out of range(0, {uint.MaxValue})");
            return null;
        }

        return (uint)number;
    }

    private static string[]? ReadStops(RequestFields fields)
    {
        if (!fields.TryGet("stop", out JsonElement value))
        {
            return null;
        }

        JsonElement[] given = value.ValueKind switch
        {
            JsonValueKind.String => [value],
            JsonValueKind.Array => [.. value.EnumerateArray().Take(StopText.MostStops + 1)],
            _ => [],
        };
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
        {
            fields.Fail("stop is not a string or array of strings");
        }
        else if (given.Any(static stop => stop.ValueKind != JsonValueKind.String))
        {
            fields.Fail("stop array contains non string element");
        }

        if (!fields.Fault.IsOk)
        {
            return null;
        }

        string[] stops = [.. given.Select(static stop => stop.GetString()!)];
        if (StopText.Check(stops) is { } fault)
        {
            fields.Fail(fault);
        }

        return [.. stops.Distinct(StringComparer.Ordinal)];
    }

    private static int ReadAnswers(RequestFields fields, TextLimits limits, bool isStream)
    {
        long? bestOf = fields.Positive("best_of");
        long answers = fields.Positive("n") ?? 1;
        if (bestOf is { } wanted)
        {
            if (isStream && wanted > answers)
            {
                fields.Fail("best_of cannot be used in streaming mode");
            }

            limits.CheckBestOf(fields, wanted, answers);
            if (answers > wanted)
            {
                fields.Fail("n value cannot be greater than best_of");
            }
            else if (wanted > answers)
            {
                fields.Fail(
                    $"best_of {wanted} above n {answers} asks for a beam search, which is not served; give the same number or only n");
            }
        }

        limits.CheckAnswers(fields, answers);
        return (int)answers;
    }
}
