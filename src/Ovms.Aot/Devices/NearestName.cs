namespace Ovms.Devices;

/// <summary>Guesses what was meant by a name that does not exist.</summary>
internal static class NearestName
{
    /// <summary>The name with the fewest edits to <paramref name="given"/>, case aside; null when none is near enough to be meant.</summary>
    public static string? Find(string given, IEnumerable<string> names)
    {
        // Names are short; what is longer than any is no slip of the pen, and the work stays bounded.
        const int MaxLength = 128;
        if (given.Length > MaxLength)
        {
            return null;
        }

        string upper = given.ToUpperInvariant();
        (int Distance, string Name)? best = null;
        foreach (string name in names)
        {
            int distance = Distance(upper, name.ToUpperInvariant());
            if (best is null || distance < best.Value.Distance)
            {
                best = (distance, name);
            }
        }

        return best is { } found && found.Distance <= Math.Max(1, given.Length / 3) ? found.Name : null;
    }

    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
