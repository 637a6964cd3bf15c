using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Ovms.Observability.Metrics;

/// <summary>Writes families in Prometheus' text exposition format, version 0.0.4.</summary>
/// <param name="output">The buffer that is written to.</param>
internal sealed class PrometheusText(IBufferWriter<byte> output) : MetricSink
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private const int LongestNumber = 32;

    // A comma, two braces and a space.
    private const int Punctuation = 4;

    private const double MicrosecondsPerSecond = 1e6;

    private static readonly byte[][] s_microseconds = BoundsAs(static bound => bound);
    private static readonly byte[][] s_seconds = BoundsAs(static bound => bound / MicrosecondsPerSecond);

    private byte[] _name = [];
    private bool _isInSeconds;
    private MetricSource? _pending;

    /// <summary>Writes a family, or nothing if it has no series.</summary>
    public void Write(MetricSource source)
    {
        _pending = source;
        _name = Encoding.UTF8.GetBytes(source.Family.Name);
        _isInSeconds = source.Family.Name.EndsWith("_seconds", StringComparison.Ordinal);
        source.Collect(this);
        _pending = null;
    }

    /// <inheritdoc/>
    public override void Add(MetricLabels labels, long value)
    {
        Begin(""u8, labels, []);
        Number(value);
    }

    /// <inheritdoc/>
    public override void Add(MetricLabels labels, double value)
    {
        Begin(""u8, labels, []);
        Number(value);
    }

    /// <inheritdoc/>
    public override void Add(MetricLabels labels, TimeHistogram histogram)
    {
        byte[][] bounds = _isInSeconds ? s_seconds : s_microseconds;
        long count = 0;
        for (int i = 0; i < bounds.Length; i++)
        {
            count += histogram.CountIn(i);
            Begin("_bucket"u8, labels, bounds[i]);
            Number(count);
        }

        Begin("_sum"u8, labels, []);
        Number(_isInSeconds ? histogram.Sum / MicrosecondsPerSecond : histogram.Sum);
        Begin("_count"u8, labels, []);
        Number(count);
    }

    private static byte[][] BoundsAs(Func<double, double> unit) =>
    [
        .. TimeHistogram.Bounds.Select(bound => Encoding.UTF8.GetBytes(FormattableString.Invariant($"le=\"{unit(bound)}\""))),
        "le=\"+Inf\""u8.ToArray(),
    ];

    // Everything of a line but its number, in one piece: the connection's buffer takes a lock for each.
    private void Begin(ReadOnlySpan<byte> suffix, MetricLabels labels, ReadOnlySpan<byte> last)
    {
        Head();
        Span<byte> line = output.GetSpan(_name.Length + suffix.Length + labels.Text.Length + last.Length + Punctuation);
        int length = 0;
        Put(line, ref length, _name);
        Put(line, ref length, suffix);
        if (labels.Text.Length + last.Length > 0)
        {
            Put(line, ref length, "{"u8);
            Put(line, ref length, labels.Text);
            Put(line, ref length, labels.Text.Length > 0 && last.Length > 0 ? ","u8 : []);
            Put(line, ref length, last);
            Put(line, ref length, "}"u8);
        }

        Put(line, ref length, " "u8);
        output.Advance(length);
    }

    private static void Put(Span<byte> line, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(line[length..]);
        length += part.Length;
    }

    // Written before the family's first series.
    private void Head()
    {
        if (_pending is null)
        {
            return;
        }

        MetricFamily family = _pending.Family;
        _pending = null;
        string help = family.Help.Replace("\\", "\\\\").Replace("\n", "\\n");
        Encoding.UTF8.GetBytes($"# HELP {family.Name} {help}\n# TYPE {family.Name} {family.KindText}\n", output);
    }

    private void Number(long value)
    {
        Span<byte> span = output.GetSpan(LongestNumber);
        Utf8Formatter.TryFormat(value, span, out int written);
        span[written] = (byte)'\n';
        output.Advance(written + 1);
    }

    private void Number(double value)
    {
        if (!double.IsFinite(value))
        {
            output.Write(double.IsNaN(value) ? "NaN\n"u8 : value > 0 ? "+Inf\n"u8 : "-Inf\n"u8);
            return;
        }

        Span<byte> span = output.GetSpan(LongestNumber);
        value.TryFormat(span, out int written, "R", System.Globalization.CultureInfo.InvariantCulture);
        span[written] = (byte)'\n';
        output.Advance(written + 1);
    }
}
