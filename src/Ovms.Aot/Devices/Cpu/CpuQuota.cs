using System.Globalization;

namespace Ovms.Devices.Cpu;

/// <summary>The CPU time that a control group may use in each period.</summary>
/// <param name="Time">Microseconds, summed over all CPUs.</param>
/// <param name="Period">Microseconds.</param>
/// <param name="Source">The file it was read from.</param>
internal sealed record CpuQuota(long Time, long Period, string Source)
{
    /// <summary>The quota in CPUs, for example 1.5.</summary>
    public decimal Cpus => (decimal)Time / Period;

    /// <summary>
    /// Reads the form of cgroup v2: <c>150000 100000</c>, <c>max 100000</c>. Also reads the numbers of the two files of v1, joined by a
    /// space; -1 means no quota.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The file it was read from.</param>
    /// <param name="quota">The quota; null for none.</param>
    /// <returns>False if the text has neither form.</returns>
    public static bool TryParse(string text, string source, out CpuQuota? quota)
    {
        quota = null;
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is ["max" or "-1"] or ["max" or "-1", _])
        {
            return true;
        }

        // The kernel's default if the period is missing.
        const long Usual = 100_000;
        (long time, long period) = (0, Usual);
        bool isGood = words.Length is 1 or 2 && TryNumber(words[0], out time) && (words.Length == 1 || TryNumber(words[1], out period));
        quota = isGood ? new CpuQuota(time, period, source) : null;
        return isGood;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"a quota of {Cpus:0.##} in {Source}");

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
