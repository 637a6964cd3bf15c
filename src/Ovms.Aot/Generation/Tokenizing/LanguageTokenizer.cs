using System.Buffers;
using System.Collections.Immutable;
using Ovms.Language.Vocabulary;
using Ovms.Native;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// Texts to ids and ids to texts for one language model. Thread-safe. Owns the compiled IRs; disposed when no call uses it any more.
/// </summary>
internal sealed class LanguageTokenizer : IDisposable
{
    private readonly TokenizerModel _tokenizer;
    private readonly TokenDecoder _decoder;
    private readonly EncodingLimits _limits;

    private LanguageTokenizer(TokenizerModel tokenizer, TokenDecoder decoder, EncodingLimits limits)
    {
        _tokenizer = tokenizer;
        _decoder = decoder;
        _limits = limits;
    }

    /// <summary>Number of ids; -1 if the IR does not tell it. A model may have more logits than there are ids.</summary>
    public int VocabularySize => _decoder.VocabularySize;

    /// <summary>Whether each token's bytes are known; if not, the IR decodes the last tokens again for each new one.</summary>
    public bool IsByVocabulary => _decoder.Recipe is not null;

    /// <summary>Sentences for the log.</summary>
    public required ImmutableArray<string> Notes { get; init; }

    /// <summary>The tokens with a role, with text and id wherever one of them is known.</summary>
    public required SpecialTokens Roles { get; init; }

    /// <summary>The special tokens that are added to a text.</summary>
    public required SurroundingIds Around { get; init; }

    /// <summary>Reads and compiles both IRs, and proves what is taken from their constants.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="facts">What its files say.</param>
    /// <param name="limits">Bounds for callers.</param>
    public static Outcome<LanguageTokenizer> Load(LanguageFolder folder, LanguageFacts facts, EncodingLimits limits)
    {
        Outcome<Core> core = TokenizersExtension.Open();
        if (!core.IsOk)
        {
            return core.WithoutValue;
        }

        Outcome<TokenizerModel> tokenizer = TokenizerModel.Load(core.Value, folder, limits);
        if (!tokenizer.IsOk)
        {
            return tokenizer.WithoutValue;
        }

        List<string> notes = [];
        Outcome<SurroundingIds> around = EncodingProof.Find(tokenizer.Value, folder.Tokenizer, notes);
        Outcome<TokenDecoder> decoder = around.IsOk
            ? TokenDecoder.Load(core.Value, folder, facts.Tokens.Special, limits, notes)
            : around.WithoutValue;
        if (!decoder.IsOk)
        {
            tokenizer.Value.Dispose();
            return decoder.WithoutValue;
        }

        return new LanguageTokenizer(tokenizer.Value, decoder.Value, limits)
        {
            Notes = [.. notes],
            Around = around.Value!,
            Roles = SpecialTokens.Of(facts, decoder.Value.Recipe),
        };
    }

    /// <inheritdoc cref="EncodeAsync"/>
    public Outcome<int[]> Encode(string text, bool addSpecialTokens) =>
        EncodeAsync(text, addSpecialTokens, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <summary>The ids of a text. Texts of special tokens in it become these tokens.</summary>
    /// <param name="text">Any text; a half of a surrogate pair counts as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the tokens are added that begin and end a text.</param>
    /// <param name="cancellation">Ends a wait for other callers; a text that is being encoded is finished.</param>
    /// <returns>The ids, or that the text is too long or too many callers wait.</returns>
    /// <exception cref="OperationCanceledException">The caller left while it waited.</exception>
    public async ValueTask<Outcome<int[]>> EncodeAsync(string text, bool addSpecialTokens, CancellationToken cancellation)
    {
        int bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        if (bytes > _limits.MostBytes)
        {
            return Outcome.Fail(
                StatusCode.TextTooLong, $"it has {bytes} bytes; the tokenizer takes {_limits.MostBytes} at most. Send a shorter text.");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            int length = System.Text.Encoding.UTF8.GetBytes(text, buffer);
            Outcome<int[]> ids = await _tokenizer.EncodeAsync(buffer.AsMemory(0, length), cancellation).ConfigureAwait(false);
            return !ids.IsOk || addSpecialTokens ? ids : Around.Without(ids.Value);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether an id is a special token, which a decoding may skip.</summary>
    public bool IsSpecial(int id) => _decoder.IsSpecial(id);

    /// <inheritdoc cref="TokenDecoder.Decode"/>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens) => _decoder.Decode(ids, skipSpecialTokens);

    /// <inheritdoc cref="TokenDecoder.BytesOf"/>
    public long BytesOf(ReadOnlySpan<int> ids) => _decoder.BytesOf(ids);

    /// <summary>The bytes of one token as it is written in the vocabulary, for the log-probabilities of an answer.</summary>
    public byte[] BytesOf(int id) => _decoder.Recipe is { } recipe
        ? recipe.Tokens[id].ToArray()
        : System.Text.Encoding.UTF8.GetBytes(_decoder.Decode([id], skipSpecialTokens: false));

    /// <inheritdoc cref="TokenDecoder.NewDetokenizer"/>
    public Detokenizer NewDetokenizer(bool skipSpecialTokens) => _decoder.NewDetokenizer(skipSpecialTokens);

    /// <inheritdoc/>
    public void Dispose()
    {
        _tokenizer.Dispose();
        _decoder.Dispose();
    }
}
