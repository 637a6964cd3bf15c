using System.Globalization;
using Ovms.Hosting;

namespace Ovms.Bench.Tuning;

/// <summary>One line on a terminal that tells what is being measured. Prints nothing elsewhere.</summary>
/// <param name="isTerminal">Whether standard error is a terminal.</param>
/// <param name="budget">How long the search may take.</param>
internal sealed class TuneProgress(bool isTerminal, TimeSpan budget)
{
    private const int Width = 100;

    /// <summary>Tells what is measured now.</summary>
    /// <param name="elapsed">Time since the beginning.</param>
    /// <param name="count">How many arrangements have figures.</param>
    /// <param name="all">How many there are.</param>
    /// <param name="text">The arrangement.</param>
    public void Tell(TimeSpan elapsed, int count, int all, string text) => Write(string.Create(
        CultureInfo.InvariantCulture,
        $"{elapsed.TotalSeconds,4:0} of {budget.TotalSeconds:0} s; measured {count} of {all}; now: {text}"));

    /// <summary>Removes the line.</summary>
    public void End()
    {
        Write("");
        if (isTerminal)
        {
            StandardStreams.TryPrint("", "\r");
        }
    }

    private void Write(string line)
    {
        if (isTerminal)
        {
            StandardStreams.TryPrint("", $"\r{(line.Length > Width ? line[..Width] : line.PadRight(Width))}");
        }
    }
}
