namespace Ovms.Options;

/// <summary>Finds the most similar name, for suggestions.</summary>
internal static class NearestName
{
    // No name is longer, so that the distance of longer words need not be computed.
    private const int LongestName = 64;

    /// <summary>
    /// The most similar of <paramref name="names"/>, within a third of the word's length; else the only one with a part like the word
    /// (<c>num</c> in <c>num_versions</c>); else null.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> names)
    {
        int limit = Math.Max(1, word.Length / 3);
        string? nearest = null;
        foreach (string name in names)
        {
            int distance = word.Length > LongestName || name.Length > LongestName ? int.MaxValue : Distance(word, name);
            if (distance <= limit && (nearest is null || distance < Distance(word, nearest)))
            {
                nearest = name;
            }
        }

        return nearest ?? WithPart(word, names);
    }

    private static string? WithPart(string word, IEnumerable<string> names)
    {
        string[] with = [.. names.Where(name => name.Split('_').Contains(word, StringComparer.OrdinalIgnoreCase)).Take(2)];
        return with.Length == 1 ? with[0] : null;
    }

    // Counts insertions, deletions, replacements and swaps of neighbours; ignores case.
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[a.Length, b.Length];
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
