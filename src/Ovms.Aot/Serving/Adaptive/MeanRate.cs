namespace Ovms.Serving.Adaptive;

/// <summary>Calls a second over the latest seconds in which calls waited. Other programs may have the processors in a single one.</summary>
internal sealed class MeanRate
{
    // Beyond, what was counted so far has half its weight.
    private const double MostSeconds = 4;

    private double _answers;
    private double _seconds;

    /// <summary>Calls a second; 0 if nothing was added.</summary>
    public double Value => _seconds > 0 ? _answers / _seconds : 0;

    /// <summary>Number of windows that were added.</summary>
    public int Windows { get; private set; }

    /// <summary>Adds a window.</summary>
    public void Add(double answers, double seconds)
    {
        double weight = _seconds >= MostSeconds ? 0.5 : 1;
        _answers = (_answers * weight) + answers;
        _seconds = (_seconds * weight) + seconds;
        Windows++;
    }

    /// <summary>Forgets all.</summary>
    public void Reset() => (_answers, _seconds, Windows) = (0, 0, 0);
}
