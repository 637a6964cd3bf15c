using System.Globalization;

namespace Ovms.Benchmarks;

/// <summary>Figures of one kind: durations of calls in milliseconds, ratios of rounds.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];
    private bool _isSorted = true;

    public Samples()
    {
    }

    public Samples(IEnumerable<double> values)
    {
        foreach (double value in values)
            Add(value);
    }

    /// <summary>How many there are.</summary>
    public int Count => _values.Count;

    /// <summary>The middle one.</summary>
    public double Median => At(0.5);

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan duration) => Add(duration.TotalMilliseconds);

    /// <summary>Adds one.</summary>
    public void Add(double value)
    {
        _values.Add(value);
        _isSorted = false;
    }

    /// <summary>The value below or at which this share of all values lies; NaN when there are none.</summary>
    /// <param name="share">0 for the least, 0.5 for the median, 1 for the greatest.</param>
    public double At(double share)
    {
        if (!_isSorted)
        {
            _values.Sort();
            _isSorted = true;
        }

        return Count == 0 ? double.NaN : _values[Math.Clamp((int)Math.Ceiling(share * Count) - 1, 0, Count - 1)];
    }

    /// <summary>The median with the least and the greatest.</summary>
    public string Spread(Func<double, string> text) => $"{text(Median)} ({text(At(0))} – {text(At(1))})";

    /// <summary>A figure with enough digits for microseconds where they matter; nothing for NaN.</summary>
    public static string Text(double value) =>
        double.IsNaN(value) ? "" : value.ToString(Math.Abs(value) < 10 ? "0.000" : Math.Abs(value) < 1000 ? "0.0" : "#,##0", CultureInfo.InvariantCulture);

    /// <summary>A ratio.</summary>
    public static string Times(double value) => double.IsNaN(value) ? "" : $"{value.ToString("0.00", CultureInfo.InvariantCulture)}×";

    /// <summary>A share.</summary>
    public static string Percent(double value) => double.IsNaN(value) ? "" : $"{(value * 100).ToString("0.0", CultureInfo.InvariantCulture)} %";

    public static string Milliseconds(double value) => $"{Text(value)} ms";

    public static string Mebibytes(double value) => $"{value.ToString("0.0", CultureInfo.InvariantCulture)} MiB";
}
