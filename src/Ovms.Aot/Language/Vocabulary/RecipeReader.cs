using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Ovms.Language.Vocabulary;

/// <summary>
/// Reads the steps of a detokenizer IR, from its text back to its vocabulary. Steps before the tokens are joined change each token and are
/// applied to the vocabulary once; steps after it become rules for the text.
/// </summary>
internal static class RecipeReader
{
    private static readonly SearchValues<char> s_expressionSigns = SearchValues.Create(@"\^$.|?*+()[]{}");

    /// <summary>Reads the recipe.</summary>
    /// <param name="graph">The detokenizer.</param>
    /// <param name="special">The special tokens, for an IR that does not list those that it would skip.</param>
    /// <returns>The recipe; null if the IR has a step that is not known here.</returns>
    public static DecodingRecipe? Read(TokenizerGraph graph, IReadOnlyCollection<int> special)
    {
        Stack<XElement> steps = [];
        XElement? step = graph.OfType("StringTensorPack").FirstOrDefault();
        while (step is not null && TokenizerGraph.TypeOf(step) != "VocabDecoder")
        {
            steps.Push(step);

            // The joining steps take the bounds of the rows first, then those of the tokens; all others begin with the bounds.
            bool takesRows = TokenizerGraph.TypeOf(step) is "FuzeRagged" or "CharsToBytes";
            step = graph.Source(step, takesRows ? 2 : 0);
        }

        return step is null ? null : Make(graph, step, steps, special);
    }

    /// <summary>The ids that the IR leaves out; the given ones if it lists none.</summary>
    public static FrozenSet<int> Skipped(TokenizerGraph graph, IReadOnlyCollection<int> special)
    {
        if (graph.OfType("VocabDecoder").FirstOrDefault() is not { } decoder)
        {
            return special.ToFrozenSet();
        }

        IEnumerable<int> listed = graph.Numbers(graph.Source(decoder, 4))
            ?? (TokenizerGraph.Attribute(decoder, "skip_tokens") ?? "").Split(',', StringSplitOptions.TrimEntries)
                .Select(static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : -1)
                .Where(static id => id >= 0);
        FrozenSet<int> skipped = listed.ToFrozenSet();
        return skipped.Count > 0 ? skipped : special.ToFrozenSet();
    }

    private static DecodingRecipe? Make(
        TokenizerGraph graph, XElement decoder, Stack<XElement> steps, IReadOnlyCollection<int> special)
    {
        Func<byte[], byte[]>? change = null;
        List<Func<TextRule>> rules = [];
        Utf8Mode utf8 = Utf8Mode.Unchecked;
        bool isJoined = false;
        foreach (XElement step in steps)
        {
            switch (TokenizerGraph.TypeOf(step))
            {
                case "StringTensorPack":
                    break;
                case "FuzeRagged":
                    isJoined = true;
                    break;
                case "CharsToBytes" when !isJoined:
                    change = Then(change, ByteAlphabet.ToBytes);
                    isJoined = true;
                    break;
                case "ByteFallback" when !isJoined:
                    change = Then(change, ByteOfName);
                    break;
                case "RegexNormalization" when !isJoined:
                    if (TokenChange(graph, step) is not { } tokenChange)
                    {
                        return null;
                    }

                    change = Then(change, tokenChange);
                    break;
                case "RegexNormalization":
                    if (Rule(graph, step) is not { } rule)
                    {
                        return null;
                    }

                    rules.Add(rule);
                    break;
                case "UTF8Validate" when isJoined:
                    utf8 = TokenizerGraph.Attribute(step, "replace_mode") is "true" or "1" ? Utf8Mode.Replace : Utf8Mode.Ignore;
                    break;
                default:
                    return null;
            }
        }

        return isJoined
            && graph.Numbers(graph.Source(decoder, 1)) is { } begins
            && graph.Numbers(graph.Source(decoder, 2)) is { } ends
            && graph.Bytes(graph.Source(decoder, 3)) is { } characters
            && TokenBytes.Make(begins, ends, characters.Span, change) is { } tokens
            ? new DecodingRecipe(tokens, Skipped(graph, special), utf8, [.. rules])
            : null;
    }

    private static Func<byte[], byte[]>? TokenChange(TokenizerGraph graph, XElement step)
    {
        if (Expression(graph, step) is not { } expression || !IsPlain(expression.What) || !IsGlobal(step))
        {
            return null;
        }

        return token => Encoding.UTF8.GetString(token) is var text && text.Contains(expression.What, StringComparison.Ordinal)
            ? Encoding.UTF8.GetBytes(text.Replace(expression.What, expression.By, StringComparison.Ordinal))
            : token;
    }

    private static Func<TextRule>? Rule(TokenizerGraph graph, XElement step) => Expression(graph, step) switch
    {
        null => null,
        (CleanUpRule.Pattern, CleanUpRule.Replacement) when IsGlobal(step) => static () => new CleanUpRule(),
        ("(^ )([^ ])", "$2") => static () => new FirstTextRule(" ", beforeOther: true),
        (" $", "") => static () => new LastSpaceRule(),
        ({ Length: > 1 } what, "") when what[0] == '^' && IsPlain(what[1..]) => () => new FirstTextRule(what[1..], beforeOther: false),
        (var what, var by) when IsPlain(what) && IsGlobal(step) => () => new ReplaceRule(what, by),
        _ => null,
    };

    private static (string What, string By)? Expression(TokenizerGraph graph, XElement step)
    {
        int inputs = graph.InputCount(step);
        return graph.Text(graph.Source(step, inputs - 2)) is { } what && graph.Text(graph.Source(step, inputs - 1)) is { } by
            && (by == CleanUpRule.Replacement || by == "$2" || !by.AsSpan().ContainsAny('$', '\\'))
            ? (what, by)
            : null;
    }

    private static bool IsGlobal(XElement step) => TokenizerGraph.Attribute(step, "global_replace") is "true" or "1" or null;

    private static bool IsPlain(string expression) => expression.Length > 0 && !expression.AsSpan().ContainsAny(s_expressionSigns);

    private static Func<byte[], byte[]> Then(Func<byte[], byte[]>? first, Func<byte[], byte[]> second) =>
        first is null ? second : token => second(first(token));

    // "<0x0A>" stands for the byte 0A.
    private static byte[] ByteOfName(byte[] token) =>
        token.Length == 6 && token.AsSpan().StartsWith("<0x"u8) && token[5] == '>'
        && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? [value]
            : token;
}
