using Ovms.Generation.Tokenizing;
using Ovms.Language.Vocabulary;
using Ovms.Native;
using Ovms.Repository.Language;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Generation.Tokenizing;

/// <summary>Tokenizers of several kinds: small ones in the repository, those of language models beside it.</summary>
internal static class TokenizerFolder
{
    /// <summary>The kinds in the repository: README.md beside them.</summary>
    internal static readonly string[] Kinds =
    [
        "spm_bpe", "spm_bpe_no_prefix", "unigram_bytes", "bpe_cleanup", "bpe_truncated", "bpe_ignore", "bpe_raw", "bpe_all_shown", "clip",
        "sentencepiece", "sentencepiece_prefix",
    ];

    /// <summary>A folder in the repository.</summary>
    internal static LanguageFolder Of(string kind) => new(Path.Combine(Repo.Root, "tests", "models", "tokenizers", kind));

    /// <summary>A folder of a model beside the repository.</summary>
    internal static LanguageFolder Beside(string model) => new(Repo.ModelBeside(model));

    /// <summary>Loads the tokenizer of a folder whose other files may be missing.</summary>
    internal static LanguageTokenizer Load(LanguageFolder folder, EncodingLimits? limits = null)
    {
        RequireExtension();
        Outcome<LanguageTokenizer> loaded = LanguageTokenizer.Load(folder, FactsOf(folder), limits ?? EncodingLimits.Default);
        return loaded.IsOk ? loaded.Value : throw new InvalidOperationException(loaded.Text);
    }

    /// <summary>What the files beside a tokenizer say, without asking for a model.</summary>
    internal static LanguageFacts FactsOf(LanguageFolder folder)
    {
        using System.Text.Json.JsonDocument none = System.Text.Json.JsonDocument.Parse("{}");
        SpecialTokenFiles tokens = SpecialTokenFiles.Of(
            none.RootElement, none.RootElement, JsonFacts.Read(folder.In(SpecialTokenFiles.TokenizerConfig)).Value,
            TokenizerInfo.Read(folder.Tokenizer).Value!);
        return new LanguageFacts(new ModelFacts("", null, null), new GenerationFile(), tokens, null, []) { EndIds = [] };
    }

    /// <summary>The detokenizer IR as it is on the disk, and as converters mean it to be used: without the special tokens.</summary>
    internal static Func<int[], string> Oracle(LanguageFolder folder)
    {
        RequireExtension();
        Core core = TokenizersExtension.Open().Value!;
        Model model = core.ReadModel(folder.Detokenizer);
        InferRequest request = core.Compile(model, "CPU", []).CreateInferRequest();
        return ids =>
        {
            if (ids.Length == 0)
            {
                return "";
            }

            using Tensor input = Engine.Filled<long>(ElementType.I64, [1, ids.Length], Array.ConvertAll(ids, static id => (long)id));
            request.SetInput(0, input);
            request.Infer();
            using Tensor output = request.GetOutput(0);
            return System.Text.Encoding.UTF8.GetString(output.GetString(0));
        };
    }

    /// <summary>The text of each id alone, by the detokenizer IR as it is on the disk.</summary>
    internal static string[] Alone(LanguageFolder folder, int count)
    {
        Core core = TokenizersExtension.Open().Value!;
        using Model model = core.ReadModel(folder.Detokenizer);
        using CompiledModel compiled = core.Compile(model, "CPU", []);
        using InferRequest request = compiled.CreateInferRequest();
        long[] ids = [.. Enumerable.Range(0, count).Select(static id => (long)id)];
        using Tensor input = Engine.Filled<long>(ElementType.I64, [count, 1], ids);
        request.SetInput(0, input);
        request.Infer();
        using Tensor output = request.GetOutput(0);
        return [.. Enumerable.Range(0, count).Select(id => System.Text.Encoding.UTF8.GetString(output.GetString(id)))];
    }

    /// <summary>The detokenizer for vocabularies that are not known, over another decoding.</summary>
    internal static Detokenizer Window(Func<int[], string> decode) => new WindowDetokenizer(ids => decode(ids.ToArray()));

    /// <summary>The text of ids piece by piece; every piece is looked at on its own.</summary>
    internal static string InPieces(Detokenizer detokenizer, IEnumerable<int> ids)
    {
        System.Text.StringBuilder text = new();
        foreach (int id in ids)
        {
            ReadOnlySpan<char> piece = detokenizer.Append(id);
            if (piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1])))
            {
                throw new InvalidOperationException($"A piece ends within a character: {piece}");
            }

            text.Append(piece);
        }

        return text.Append(detokenizer.Flush()).ToString();
    }

    private static void RequireExtension()
    {
        if (!TokenizersExtension.Open().IsOk)
        {
            Skip.Test(TokenizersExtension.Open().Text);
        }
    }
}
