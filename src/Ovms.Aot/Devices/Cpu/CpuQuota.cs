using System.Globalization;

namespace Ovms.Devices.Cpu;

/// <summary>How much CPU time a control group may have: so many microseconds in each period.</summary>
/// <param name="Time">Microseconds of all its CPUs together.</param>
/// <param name="Period">Microseconds.</param>
/// <param name="Source">The file that says so.</param>
internal sealed record CpuQuota(long Time, long Period, string Source)
{
    /// <summary>What it comes to: 1.5 CPUs.</summary>
    public decimal Cpus => (decimal)Time / Period;

    /// <summary>
    /// Reads both forms: <c>150000 100000</c>, <c>max 100000</c> of version 2; and of version 1 the two files' numbers one after the other,
    /// where -1 is no quota.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="source">Where it was read.</param>
    /// <param name="quota">The quota; null for none.</param>
    /// <returns>False when the text is of neither form.</returns>
    public static bool TryParse(string text, string source, out CpuQuota? quota)
    {
        quota = null;
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is ["max" or "-1"] or ["max" or "-1", _])
        {
            return true;
        }

        // A missing period is the kernel's usual one.
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
