using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Ovms.Language.Vocabulary;
using Ovms.Native;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>The IR that turns ids into a text, changed to show the special tokens too, or as it is.</summary>
internal sealed class DetokenizerModel : IDisposable
{
    private readonly RequestPool _pool;
    private readonly ElementType _idType;

    private DetokenizerModel(CompiledModel compiled, EncodingLimits limits)
    {
        _idType = compiled.Inputs[0].ElementType;
        _pool = new RequestPool(compiled, limits);
    }

    /// <summary>What the IR does, token by token; null if that is not known.</summary>
    public DecodingRecipe? Recipe { get; private init; }

    /// <summary>The ids that are not seen when special tokens are skipped.</summary>
    public required FrozenSet<int> Special { get; init; }

    /// <summary>Number of ids; -1 if it is not known.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>
    /// Whether special tokens can be left out before the IR is asked. In SentencePiece they cannot: a special token ends a character.
    /// </summary>
    public required bool IsFiltered { get; init; }

    /// <summary>Reads, changes and compiles the IR.</summary>
    /// <param name="special">The special tokens by the files, for an IR that does not list them.</param>
    /// <param name="showAll">Whether all tokens give text, or only those to which the IR gives one.</param>
    public static Outcome<DetokenizerModel> Load(
        Core core, LanguageFolder folder, IReadOnlyCollection<int> special, bool showAll, EncodingLimits limits)
    {
        Outcome<TokenizerIr> ir = TokenizerIr.Read(folder.Detokenizer);
        if (!ir.IsOk)
        {
            return ir.WithoutValue;
        }

        Outcome form = TokenizerForm.OfDetokenizer(ir.Value, folder);
        if (!form.IsOk)
        {
            return form;
        }

        TokenizerGraph graph = ir.Value.Graph;
        DecodingRecipe? recipe = RecipeReader.Read(graph, special);
        SentencePieces? pieces = Pieces(ir.Value, showAll);
        FrozenSet<int> skipped = recipe?.Special ?? RecipeReader.Skipped(graph, pieces?.Control ?? special);
        if (showAll && graph.OfType("VocabDecoder").FirstOrDefault() is { } decoder)
        {
            ShowAll(graph, decoder);
        }

        Outcome<CompiledModel> compiled = ir.Value.Compile(core);
        return compiled.IsOk
            ? new DetokenizerModel(compiled.Value, limits)
            {
                Recipe = recipe,
                Special = skipped,
                VocabularySize = recipe?.Tokens.Count ?? pieces?.Count ?? -1,
                IsFiltered = pieces is null,
            }
            : compiled.WithoutValue;
    }

    /// <summary>The texts of rows of ids within the vocabulary; each row has as many.</summary>
    /// <param name="ids">The ids of all rows; at least one.</param>
    /// <param name="rows">Number of rows.</param>
    public async ValueTask<Outcome<string[]>> DecodeAsync(int[] ids, int rows, CancellationToken cancellation) =>
        await _pool.RunAsync(request => Decode(request, ids, rows), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    // What is skipped is listed by a constant, and by an attribute in older IRs.
    private static void ShowAll(TokenizerGraph graph, XElement decoder)
    {
        if (graph.Source(decoder, 4) is { } list)
        {
            TokenizerIr.Empty(list);
        }
        else
        {
            decoder.Element("data")?.SetAttributeValue("skip_tokens", "");
        }
    }

    private static SentencePieces? Pieces(TokenizerIr ir, bool showAll)
    {
        XElement? decoder = ir.Graph.OfType("SentencepieceDetokenizer").FirstOrDefault();
        return decoder is not null && ir.Graph.Source(decoder, 0) is { } model && ir.Graph.Bytes(model) is { } bytes
            ? SentencePieces.Read(MemoryMarshal.AsMemory(bytes).Span, showAll)
            : null;
    }

    private string[] Decode(InferRequest request, int[] ids, int rows)
    {
        using Tensor input = Tensor.Allocate(_idType, [rows, ids.Length / rows]);
        if (_idType == ElementType.I32)
        {
            ids.CopyTo(MemoryMarshal.Cast<byte, int>(input.Bytes));
        }
        else
        {
            Array.ConvertAll(ids, static id => (long)id).CopyTo(MemoryMarshal.Cast<byte, long>(input.Bytes));
        }

        request.SetInput(0, input);
        request.Infer();
        using Tensor output = request.GetOutput(0);
        string[] texts = new string[rows];
        for (int row = 0; row < rows; row++)
        {
            texts[row] = System.Text.Encoding.UTF8.GetString(output.GetString(row));
        }

        return texts;
    }
}
