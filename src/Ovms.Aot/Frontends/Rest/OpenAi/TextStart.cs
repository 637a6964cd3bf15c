using Ovms.Generation;
using Ovms.Generation.Requests;
using Ovms.Language.Sampling;
using Ovms.Language.Text;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Starts what a checked request asks for: makes token ids of the prompts, checks lengths, and hands them to the engine.</summary>
internal static class TextStart
{
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
            ? Start(exchange, "chatcmpl-", request.Sampling, request.MaxTokens, request.LogProbs, false, [(text.Value, ids.Value, null)])
            : ids.WithoutValue;
    }

    /// <summary>Starts completions.</summary>
    public static async Task<Outcome<TextCall>> CompletionAsync(TextExchange exchange, CompletionRequest request)
    {
        LanguageModel language = exchange.Language;
        CancellationToken gone = exchange.Context.RequestAborted;
        List<(string Text, int[] Ids, int[]? Offsets)> prompts = [];
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

            // Before anything is submitted, as it may fail. A prompt that is too long is refused later.
            bool isScored = request.Echoes && request.LogProbs >= 0 && ids.Value.Length <= language.Longest;
            int[]? offsets = isScored ? PromptOffsets.Of(language, text.Value, ids.Value, isText: prompt.Ids is null) : null;
            prompts.Add((text.Value, ids.Value, offsets));
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
        IReadOnlyList<(string Text, int[] Ids, int[]? Offsets)> prompts)
    {
        LanguageModel language = exchange.Language;
        (SamplingRules rules, int[] ends, IReadOnlyList<string> stops, bool includesStop) =
            RequestRules.Of(fields, language.Defaults, language.EndIds, logProbs);
        Outcome valid = rules.Check(language.Vocabulary);
        List<TextPrompt> started = [];
        foreach ((string text, int[] ids, int[]? offsets) in prompts)
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
                keepsTokens: logProbs >= 0 || fields.ReturnsTokenIds,
                rules.MinTokens))];
            if (echoes)
            {
                Array.ForEach(choices, choice => choice.Begin(text, ids[0], offsets));
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
