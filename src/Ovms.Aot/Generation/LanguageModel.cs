using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Ovms.Generation.Tokenizing;
using Ovms.Generation.Scheduling;
using Ovms.Language.Chat;
using Ovms.Observability.Metrics;
using Ovms.Repository.Language;
using Ovms.Serving.Loading;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Generation;

/// <summary>A loaded language model: its engine, its tokenizer, and the template of its conversations. Owns all of them.</summary>
internal sealed class LanguageModel : ServableLanguage
{
    /// <summary>Computes answers.</summary>
    public required GenerationEngine Engine { get; init; }

    /// <summary>Texts to token ids and back.</summary>
    public required LanguageTokenizer Tokenizer { get; init; }

    /// <summary>Makes the prompt of a conversation; a failure if the model has no template, or a faulty one.</summary>
    public required Outcome<ChatPrompt> Chat { get; init; }

    /// <summary>The options.</summary>
    public required LanguageSettings Settings { get; init; }

    /// <summary>What the files beside the model say.</summary>
    public required LanguageFacts Facts { get; init; }

    /// <summary>The most tokens of a prompt and its answer: what the model and the KV cache take.</summary>
    public required int Longest { get; init; }

    /// <summary>The time that an answer may take, with that in the queue; null = any.</summary>
    public required TimeSpan? AnswerTime { get; init; }

    /// <summary>Logits of a row; ids are from 0 to one less.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Counts the memory of the KV cache; owned. Null if there is none.</summary>
    public required IDisposable? Reservation { get; init; }

    /// <summary>What a request that says nothing gets.</summary>
    public GenerationFile Defaults => Facts.Generation;

    /// <summary>The length that the model was made for; null if its files do not say it.</summary>
    public int? ModelLength => Facts.Model.ModelLength;

    /// <summary>The ids that end an answer.</summary>
    public ImmutableArray<int> EndIds => Tokenizer.Roles.EndIds;

    /// <summary>Number of token ids that texts can have.</summary>
    public int TokenIds => Tokenizer.VocabularySize > 0 ? Math.Min(Tokenizer.VocabularySize, Vocabulary) : Vocabulary;

    /// <summary>The id that lists of tokens are filled up with.</summary>
    public int PadId => Tokenizer.Roles.Pad.Id ?? Tokenizer.Roles.Eos.Id ?? 0;

    /// <inheritdoc/>
    public override int Size => Settings.MaxSequences;

    /// <inheritdoc/>
    public override int InUse => Engine.Counts.Now.Running;

    /// <inheritdoc/>
    public override int Waiting => Engine.Counts.Now.Waiting;

    /// <summary>The text of one token, with U+FFFD for bytes that are only part of a character.</summary>
    public string TextOf(int id) => System.Text.Encoding.UTF8.GetString(Tokenizer.BytesOf(id));

    /// <summary>Makes the prompt of a conversation.</summary>
    /// <param name="messages">The messages, checked.</param>
    /// <param name="tools">The tools; undefined = none.</param>
    /// <param name="variables">Further variables; undefined = none.</param>
    /// <param name="addsGenerationPrompt">Whether the prompt ends with the beginning of an answer.</param>
    public Outcome<string> Render(JsonElement messages, JsonElement tools, JsonElement variables, bool addsGenerationPrompt) =>
        Chat.IsOk ? Render(Chat.Value, messages, tools, variables, addsGenerationPrompt) : Chat.WithoutValue;

    /// <summary>Times to make the prompts of conversations.</summary>
    public TimeHistogram TemplateTime { get; } = new();

    private Outcome<string> Render(
        ChatPrompt chat, JsonElement messages, JsonElement tools, JsonElement variables, bool addsGenerationPrompt)
    {
        long started = Stopwatch.GetTimestamp();
        Outcome<string> text = chat.Render(messages, tools, variables, addsGenerationPrompt);
        TemplateTime.Add(Stopwatch.GetTimestamp() - started);
        return text;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The engine's thread ends all that is left, and frees the model.
        Engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Tokenizer.Dispose();
        Reservation?.Dispose();
    }
}
