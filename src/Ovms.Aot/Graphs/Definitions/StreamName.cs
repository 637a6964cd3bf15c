using System.Collections.Immutable;
using System.Globalization;

namespace Ovms.Graphs.Definitions;

/// <summary>
/// The name of a stream or side packet where a node or the graph uses it: TAG:index:name, TAG:name, or name alone.
/// </summary>
/// <param name="Tag">The tag, upper case; empty for none.</param>
/// <param name="Index">Its index among those of its tag.</param>
/// <param name="Name">The stream.</param>
internal readonly record struct StreamName(string Tag, int Index, string Name)
{
    private const int MostIndex = 9999;

    /// <summary>The place on the node: TAG, TAG:index, or :index.</summary>
    public string Port => Index == 0 && Tag.Length > 0 ? Tag : $"{Tag}:{Index}";

    /// <summary>Parses the names of one list. Those without an index get the next one of their tag.</summary>
    /// <param name="texts">The names as written.</param>
    /// <param name="names">The names.</param>
    /// <returns>What is wrong with the first that is malformed or has the place of another; null if nothing is.</returns>
    public static string? Parse(ImmutableArray<string> texts, out ImmutableArray<StreamName> names)
    {
        names = [];
        ImmutableArray<StreamName>.Builder read = ImmutableArray.CreateBuilder<StreamName>(texts.Length);
        HashSet<(string Tag, int Index)> taken = [];
        foreach (string text in texts)
        {
            if (!TryParse(text, out string tag, out int? index, out string name))
            {
                return $"\"{text}\" names no stream; expected TAG:name, TAG:index:name or name, "
                    + "the tag in capitals and the name in small letters";
            }

            int place = index ?? read.Count(other => other.Tag == tag);
            if (!taken.Add((tag, place)))
            {
                return $"\"{text}\" has the place of another: leave the index out, or give each of {tag} another one";
            }

            read.Add(new StreamName(tag, place, name));
        }

        names = read.ToImmutable();
        IGrouping<string, StreamName>? withGap =
            names.GroupBy(static name => name.Tag).FirstOrDefault(static tag => tag.Max(static name => name.Index) >= tag.Count());
        return withGap is { } gap
            ? $"the indices of {(gap.Key.Length == 0 ? "streams without a tag" : gap.Key)} have a gap; expected 0 to {gap.Count() - 1}"
            : null;
    }

    private static bool TryParse(string text, out string tag, out int? index, out string name)
    {
        string[] parts = text.Split(':');
        (tag, index, name) = ("", null, parts[^1]);
        bool isNamed = name.Length > 0 && (char.IsAsciiLetterLower(name[0]) || name[0] == '_')
            && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
        switch (parts.Length)
        {
            case 1:
                return isNamed;
            case 2 or 3:
                tag = parts[0];
                bool isTag = parts.Length == 3 && tag.Length == 0
                    || (tag.Length > 0 && (char.IsAsciiLetterUpper(tag[0]) || tag[0] == '_')
                        && tag.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_'));
                return isNamed && isTag && (parts.Length == 2 || TryIndex(parts[1], out index));
            default:
                return false;
        }
    }

    private static bool TryIndex(string text, out int? index)
    {
        bool isIndex = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number <= MostIndex && (text.Length == 1 || text[0] != '0');
        index = isIndex ? number : null;
        return isIndex;
    }
}
