using System.Globalization;

namespace Ovms.Benchmarks;

/// <summary>Durations of one kind, in milliseconds.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];
    private bool _isSorted = true;

    /// <summary>How many there are.</summary>
    public int Count => _values.Count;

    /// <summary>Adds one.</summary>
    public void Add(TimeSpan duration) => Add(duration.TotalMilliseconds);

    /// <summary>Adds one.</summary>
    public void Add(double milliseconds)
    {
        _values.Add(milliseconds);
        _isSorted = false;
    }

    /// <summary>The value below or at which this share of all values lies.</summary>
    /// <param name="share">0 for the least, 0.5 for the median, 1 for the greatest.</param>
    public double At(double share)
    {
        if (!_isSorted)
        {
            _values.Sort();
            _isSorted = true;
        }

        return _values[Math.Clamp((int)Math.Ceiling(share * _values.Count) - 1, 0, _values.Count - 1)];
    }

    /// <summary>The same as text: enough digits for microseconds where they matter.</summary>
    public string TextAt(double share) => Text(At(share));

    /// <summary>A duration in milliseconds as it is printed everywhere.</summary>
    public static string Text(double milliseconds) =>
        milliseconds.ToString(Math.Abs(milliseconds) < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);
}
