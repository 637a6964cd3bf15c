namespace Ovms.Graphs.Calculators.Vision;

/// <summary>Along one axis: the places of the source that each place of the result is made of, and their weights, with the sum 1.</summary>
internal sealed class PixelTaps
{
    private readonly int[] _begin;
    private readonly float[] _weights;

    private PixelTaps(int[] first, int[] begin, float[] weights)
    {
        First = first;
        _begin = begin;
        _weights = weights;
    }

    /// <summary>The first place of the source, for each place of the result.</summary>
    public int[] First { get; }

    /// <summary>The weights of the source's places from the first one on.</summary>
    public ReadOnlySpan<float> WeightsOf(int place) => _weights.AsSpan(_begin[place].._begin[place + 1]);

    /// <summary>The places of an axis.</summary>
    /// <param name="from">Length of the source, 1 and up.</param>
    /// <param name="to">Length of the result, 1 and up.</param>
    /// <param name="filter">How a place is made. The mean of an area is for smaller results; larger ones are bilinear instead.</param>
    public static PixelTaps Of(int from, int to, PixelFilter filter)
    {
        int[] first = new int[to];
        int[] begin = new int[to + 1];
        List<float> weights = new(to * 2);
        double step = (double)from / to;
        for (int i = 0; i < to; i++)
        {
            begin[i] = weights.Count;
            first[i] = filter switch
            {
                PixelFilter.Nearest => AddOne(weights, Math.Min((int)(i * step), from - 1)),
                PixelFilter.Area when step > 1 => AddArea(weights, i * step, Math.Min((i + 1) * step, from), from),
                _ => AddLinear(weights, ((i + 0.5) * step) - 0.5, from),
            };
        }

        begin[to] = weights.Count;
        return new PixelTaps(first, begin, [.. weights]);
    }

    private static int AddOne(List<float> weights, int place)
    {
        weights.Add(1);
        return place;
    }

    private static int AddLinear(List<float> weights, double exact, int length)
    {
        int first = (int)Math.Floor(exact);
        float second = (float)(exact - first);
        if (first < 0 || first >= length - 1 || second == 0)
        {
            return AddOne(weights, Math.Clamp(first, 0, length - 1));
        }

        weights.Add(1 - second);
        weights.Add(second);
        return first;
    }

    // Places at the ends count with the part of them that is covered.
    private static int AddArea(List<float> weights, double begin, double end, int length)
    {
        const double Negligible = 1e-6;
        int first = Math.Min((int)(begin + Negligible), length - 1);
        for (int place = first; place < length && place < end - Negligible; place++)
        {
            double covered = Math.Min(place + 1, end) - Math.Max(place, begin);
            weights.Add((float)(covered / (end - begin)));
        }

        return first;
    }
}
