using System.Collections.Immutable;
using System.Globalization;

namespace Ovms.Devices.Cpu;

/// <summary>A set of logical CPUs, in the form of the Linux kernel: <c>0-3,8</c>.</summary>
/// <param name="Numbers">CPU numbers, ascending and unique.</param>
internal sealed record CpuSet(ImmutableArray<int> Numbers)
{
    // Far more than any machine has; a file with larger numbers is invalid.
    private const int MaxNumber = 65535;

    /// <summary>The number of CPUs.</summary>
    public int Count => Numbers.Length;

    /// <summary>The first <paramref name="count"/> CPUs.</summary>
    public static CpuSet First(int count) => new([.. Enumerable.Range(0, count)]);

    /// <summary>Parses a list of numbers and ranges; null if the text has another form. An empty text is an empty set.</summary>
    public static CpuSet? Parse(string text)
    {
        SortedSet<int> numbers = [];
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int dash = item.IndexOf('-');
            if (!TryNumber(dash < 0 ? item : item[..dash], out int first)
                || !TryNumber(dash < 0 ? item : item[(dash + 1)..], out int last)
                || last < first)
            {
                return null;
            }

            numbers.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return new CpuSet([.. numbers]);
    }

    /// <summary>The intersection of both sets.</summary>
    public CpuSet And(CpuSet other) => new([.. Numbers.Intersect(other.Numbers)]);

    /// <inheritdoc/>
    public bool Equals(CpuSet? other) => other is not null && Numbers.SequenceEqual(other.Numbers);

    /// <inheritdoc/>
    public override int GetHashCode() => Numbers.Aggregate(0, HashCode.Combine);

    /// <summary>In the kernel's form.</summary>
    public override string ToString()
    {
        List<string> items = [];
        for (int from = 0; from < Numbers.Length;)
        {
            int to = from;
            while (to + 1 < Numbers.Length && Numbers[to + 1] == Numbers[to] + 1)
            {
                to++;
            }

            items.Add(from == to ? Text(Numbers[from]) : $"{Text(Numbers[from])}-{Text(Numbers[to])}");
            from = to + 1;
        }

        return string.Join(',', items);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MaxNumber;
}
