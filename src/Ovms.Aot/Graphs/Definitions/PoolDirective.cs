using System.Globalization;

namespace Ovms.Graphs.Definitions;

/// <summary>
/// The comment # OVMS_GRAPH_QUEUE_MAX_SIZE of a graph: how many instances the original keeps. It is checked and has no other effect,
/// because the memory of instances is reused in any case and no state is left in it.
/// </summary>
internal static class PoolDirective
{
    private const string Name = "OVMS_GRAPH_QUEUE_MAX_SIZE";

    /// <summary>Checks the directive.</summary>
    /// <param name="text">The graph's text.</param>
    /// <returns>What is wrong with it, with the line; null if there is none or nothing is.</returns>
    public static string? Check(string text)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> rest = line.Trim();
            if (rest.IsEmpty || rest[0] != '#' || !rest[1..].TrimStart().StartsWith(Name, StringComparison.Ordinal))
            {
                continue;
            }

            rest = rest[1..].TrimStart()[Name.Length..].TrimStart();
            if (rest.IsEmpty || rest[0] != ':')
            {
                continue;
            }

            ReadOnlySpan<char> value = rest[1..].Trim();
            if (!value.SequenceEqual("AUTO") && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return $"line {number}: {Name} is AUTO or a number from 0; got {value}";
            }
        }

        return null;
    }
}
