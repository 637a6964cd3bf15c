using Ovms.Generation;
using Ovms.Generation.Requests;
using Ovms.Language.Sampling;
using Ovms.Language.Text;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Starts what a checked request asks for: makes token ids of the prompts, checks lengths, and hands them to the engine.</summary>
internal static class TextStart
{
    // As the original: without a word from the caller or the model, sampling chooses among this many tokens.
    private const int UsualTopK = 40;

    /// <summary>Starts a chat.</summary>
    public static async Task<Outcome<TextCall>> ChatAsync(TextExchange exchange, ChatRequest request)
    {
        LanguageModel language = exchange.Language;
        ChatMessages chat = request.Messages;
        Outcome<string> text = language.Render(chat.Messages, chat.Tools, chat.Variables, chat.AddsGenerationPrompt);
        if (!text.IsOk)
        {
            return text.WithoutValue;
        }

        Outcome<int[]> ids = await language.Tokenizer.EncodeAsync(text.Value, false, exchange.Context.RequestAborted).ConfigureAwait(false);
        return ids.IsOk
            ? Start(exchange, "chatcmpl-", request.Sampling, request.MaxTokens, request.LogProbs, false, [(text.Value, ids.Value)])
            : ids.WithoutValue;
    }

    /// <summary>Starts completions.</summary>
    public static async Task<Outcome<TextCall>> CompletionAsync(TextExchange exchange, CompletionRequest request)
    {
        LanguageModel language = exchange.Language;
        CancellationToken gone = exchange.Context.RequestAborted;
        List<(string Text, int[] Ids)> prompts = [];
        foreach (Prompt prompt in request.Prompts)
        {
            Outcome<int[]> ids = prompt.Ids is { } given
                ? CheckIds(given, language.TokenIds)
                : await language.Tokenizer.EncodeAsync(prompt.Text!, true, gone).ConfigureAwait(false);
            if (!ids.IsOk)
            {
                return ids.WithoutValue;
            }

            Outcome<string> text = !request.Echoes ? ""
                : prompt.Text is { } written ? written
                : language.Tokenizer.Decode(ids.Value, skipSpecialTokens: true);
            if (!text.IsOk)
            {
                return text.WithoutValue;
            }

            prompts.Add((text.Value, ids.Value));
        }

        return Start(exchange, "cmpl-", request.Sampling, request.MaxTokens, request.LogProbs, request.Echoes, prompts);
    }

    private static Outcome<int[]> CheckIds(int[] ids, int size)
    {
        int wrong = Array.FindIndex(ids, id => id >= size);
        return wrong < 0
            ? ids
            : RequestFields.Refuse($"prompt: token {wrong} has the id {ids[wrong]}; the model has the token ids 0 to {size - 1}");
    }

    private static Outcome<TextCall> Start(
        TextExchange exchange, string kind, SamplingFields fields, long? maxTokens, int logProbs, bool echoes,
        IReadOnlyList<(string Text, int[] Ids)> prompts)
    {
        LanguageModel language = exchange.Language;
        int[] ends = fields.IgnoresEnd ? [] : [.. language.EndIds];
        SamplingRules rules = RulesOf(fields, language.Defaults, ends, logProbs);
        Outcome valid = CheckCount(language, fields.Answers, prompts.Count);
        valid = valid.IsOk ? rules.Check(language.Vocabulary) : valid;
        IReadOnlyList<string> stops = fields.Stops ?? [.. language.Defaults.StopStrings];
        bool includesStop = fields.IncludesStop ?? language.Defaults.IncludeStop ?? false;
        List<TextPrompt> started = [];
        foreach ((string text, int[] ids) in prompts)
        {
            Outcome<int> most = valid.IsOk ? MostTokens(language, ids.Length, maxTokens) : valid;
            Outcome<GenerationCall> generation = most.IsOk
                ? language.Engine.Submit(new GenerationRequest
                {
                    PromptIds = ids,
                    SamplingRules = rules,
                    MaxTokens = most.Value,
                    EndIds = ends,
                    Answers = fields.Answers,
                    PromptLogProbs = echoes ? logProbs : -1,
                    UsePrefix = language.Settings.CachesPrefixes,
                    TimeLimit = language.AnswerTime,
                })
                : most.WithoutValue;
            if (!generation.IsOk)
            {
                started.ForEach(static prompt => prompt.Generation.Cancel());
                return generation.WithoutValue;
            }

            ChoiceText[] choices = [.. Enumerable.Range(started.Count * fields.Answers, fields.Answers).Select(index => new ChoiceText(
                index,
                language.Tokenizer.NewDetokenizer(fields.SkipsSpecialTokens),
                stops.Count == 0 ? null : new StopText(stops, includesStop),
                keepsTokens: logProbs >= 0 || fields.ReturnsTokenIds))];
            if (echoes)
            {
                // The first token of a prompt has no probability.
                Array.ForEach(choices, choice => choice.Begin(text, ids[0]));
            }

            started.Add(new TextPrompt(text, generation.Value, choices));
        }

        return new TextCall
        {
            Id = $"{kind}{Guid.NewGuid():N}",
            Created = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Model = exchange.Name,
            Language = language,
            Fields = fields,
            Prompts = [.. started],
            LogProbs = logProbs,
            Echoes = echoes,
        };
    }

    // All of a request's sequences are computed side by side.
    private static Outcome CheckCount(LanguageModel language, int answers, int prompts) =>
        (long)answers * prompts <= language.Settings.MaxSequences
            ? Outcome.Ok
            : RequestFields.Refuse(
                $"{(long)answers * prompts} answers were asked for ({prompts} prompts, n {answers}); this model computes at most "
                + $"{language.Settings.MaxSequences} at a time (max_num_seqs)");

    // The request, else the model's generation_config.json, else the usual value.
    private static SamplingRules RulesOf(SamplingFields fields, GenerationFile defaults, int[] ends, int logProbs)
    {
        float temperature = (float?)fields.Temperature ?? defaults.Temperature ?? 1;
        return new SamplingRules
        {
            Temperature = temperature,
            TopP = (float?)fields.TopP ?? defaults.TopP ?? 1,
            TopK = (fields.TopK ?? defaults.TopK ?? UsualTopK) is > 0 and var topK ? topK : 0,
            MinP = (float?)fields.MinP ?? defaults.MinP ?? 0,
            RepetitionPenalty = (float?)fields.RepetitionPenalty ?? defaults.RepetitionPenalty ?? 1,
            PresencePenalty = (float?)fields.PresencePenalty ?? defaults.PresencePenalty ?? 0,
            FrequencyPenalty = (float?)fields.FrequencyPenalty ?? defaults.FrequencyPenalty ?? 0,
            LogitBias = [.. fields.LogitBias.Select(static pair => new TokenBias(pair.Key, pair.Value))],
            Seed = fields.Seed ?? (ulong)Random.Shared.NextInt64(1, uint.MaxValue),
            MinTokens = fields.MinTokens,
            EndIds = ends,
            LogProbs = logProbs,
        };
    }

    private static Outcome<int> MostTokens(LanguageModel language, int prompt, long? asked)
    {
        if (prompt == 0)
        {
            return RequestFields.Refuse("The prompt has no tokens");
        }

        if (prompt > language.Settings.MaxPromptTokens)
        {
            return RequestFields.Refuse(
                $"Number of prompt tokens: {prompt} exceeds max_prompt_len, which is {language.Settings.MaxPromptTokens} for this model");
        }

        int length = language.Longest;
        if (prompt > length || (prompt == length && asked != 0))
        {
            return RequestFields.Refuse($"Number of prompt tokens: {prompt} exceeds model max length: {length}{WhyOf(language)}");
        }

        if (asked is { } tokens)
        {
            return prompt + tokens <= length
                ? (int)tokens
                : RequestFields.Refuse(
                    $"Number of prompt tokens: {prompt} + max tokens value: {tokens} exceeds model max length: {length}{WhyOf(language)}");
        }

        int usual = language.Settings.MaxTokensLimit ?? language.Defaults.MaxNewTokens ?? int.MaxValue;
        return Math.Min(usual, length - prompt);
    }

    // Where the server could be given more, the caller learns it.
    private static string WhyOf(LanguageModel language) =>
        language.Longest < (language.ModelLength ?? language.Defaults.MaxLength ?? int.MaxValue)
            ? " (what the KV cache holds; cache_size makes it larger)"
            : "";
}
