using System.Xml.Linq;
using Ovms.Language.Vocabulary;
using Ovms.Repository.Language;
using Ovms.Status;

namespace Ovms.Generation.Tokenizing;

/// <summary>
/// What must hold of both IRs before they are compiled: OpenVINO's own errors name neither the file nor the remedy, and
/// <c>ovms check</c> compiles nothing.
/// </summary>
internal static class TokenizerForm
{
    private const string Remedy = "Convert the model's tokenizer again: convert_tokenizer NAME_OR_FOLDER --with-detokenizer -o FOLDER";

    /// <summary>Checks the files of a folder.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="special">The special tokens by the files.</param>
    /// <param name="ids">Number of ids; -1 if the IR does not tell it.</param>
    public static Outcome Check(LanguageFolder folder, IReadOnlyCollection<int> special, out int ids)
    {
        ids = -1;
        Outcome<TokenizerIr> tokenizer = TokenizerIr.Read(folder.Tokenizer);
        Outcome made = tokenizer.IsOk ? OfTokenizer(tokenizer.Value, folder) : tokenizer.WithoutValue;
        Outcome<TokenizerIr> detokenizer = made.IsOk ? TokenizerIr.Read(folder.Detokenizer) : made;
        if (!detokenizer.IsOk)
        {
            return detokenizer.WithoutValue;
        }

        ids = RecipeReader.Read(detokenizer.Value.Graph, special)?.Tokens.Count ?? -1;
        return OfDetokenizer(detokenizer.Value, folder);
    }

    /// <summary>Checks the IR that turns a text into ids.</summary>
    public static Outcome OfTokenizer(TokenizerIr ir, LanguageFolder folder) =>
        Check(ir, folder.Tokenizer, "a tokenizer takes texts", static type => type == "string");

    /// <summary>Checks the IR that turns ids into a text.</summary>
    public static Outcome OfDetokenizer(TokenizerIr ir, LanguageFolder folder) =>
        Check(ir, folder.Detokenizer, "a detokenizer takes ids (i32, i64)", static type => type is "i32" or "i64");

    private static Outcome Check(TokenizerIr ir, string path, string expected, Func<string, bool> isType)
    {
        if (ir.Graph.NeededWeights > ir.Weights.Length)
        {
            return Outcome.Fail(
                StatusCode.LanguageFileInvalid,
                $"{Path.ChangeExtension(path, ".bin")} has {ir.Weights.Length} bytes; {Path.GetFileName(path)} needs "
                    + $"{ir.Graph.NeededWeights}. It may have been cut off; copy it again.");
        }

        string[] types = [.. ir.Graph.OfType("Parameter").Select(TypeOf)];
        return types.Length > 0 && types.All(type => type.Length == 0 || isType(type))
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.LanguageFileInvalid,
                $"{path} takes {(types.Length == 0 ? "nothing" : string.Join(", ", types))}; {expected}. {Remedy}");
    }

    private static string TypeOf(XElement parameter) => TokenizerGraph.Attribute(parameter, "element_type") ?? "";
}
