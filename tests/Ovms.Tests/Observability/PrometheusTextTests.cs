using System.Buffers;
using System.Diagnostics;
using System.Text;
using Ovms.Observability.Metrics;

namespace Ovms.Tests.Observability;

public sealed class PrometheusTextTests
{
    private static readonly MetricFamily s_gauge = new("g", MetricKind.Gauge, "What.", ["name"]);

    [Test]
    public async Task Counts_AreWrittenWithSortedLabels()
    {
        MetricLabels labels = new(new("version", "1"), new("api", "KServe"), new("name", "m"));
        string text = Write(new MetricSource(s_gauge, sink =>
        {
            sink.Add(labels, 3L);
            sink.Add(MetricLabels.None, 0.25);
        }));
        await Assert.That(text).IsEqualTo("# HELP g What.\n# TYPE g gauge\ng{api=\"KServe\",name=\"m\",version=\"1\"} 3\ng 0.25\n");
    }

    [Test]
    public async Task HostileTexts_AreEscaped()
    {
        MetricLabels labels = new(new KeyValuePair<string, string>("name", "a\\b\"c\nd} 1\n# {ü"));
        string text = Write(new MetricSource(s_gauge with { Help = "One \\ two\nthree" }, sink => sink.Add(labels, long.MaxValue)));
        Exposition read = Exposition.Parse(text);
        await Assert.That(read.All.Single().Labels["name"]).IsEqualTo("a\\b\"c\nd} 1\n# {ü");
        await Assert.That(read.Families["g"].Help).IsEqualTo("One \\\\ two\\nthree");
    }

    [Test]
    [Arguments(double.NaN, "NaN")]
    [Arguments(double.PositiveInfinity, "+Inf")]
    [Arguments(double.NegativeInfinity, "-Inf")]
    [Arguments(1e-300, "1E-300")]
    [Arguments(-double.MaxValue, "-1.7976931348623157E+308")]
    public async Task Numbers_AreAsPrometheusReadsThem(double value, string expected) =>
        await Assert.That(Write(new MetricSource(s_gauge, sink => sink.Add(MetricLabels.None, value)))).EndsWith($"\ng {expected}\n");

    [Test]
    public async Task FamilyWithoutSeries_IsNotMentioned() => await Assert.That(Write(new MetricSource(s_gauge, static _ => { }))).IsEmpty();

    [Test]
    public async Task Histogram_IsCumulativeWithIntegerBounds()
    {
        TimeHistogram histogram = new();
        foreach (double microseconds in new[] { 0, 10, 10.5, 18, 2e9 })
        {
            histogram.Add((long)(microseconds * Stopwatch.Frequency / 1e6));
        }

        string text = Write(new MetricSource(s_gauge with { Kind = MetricKind.Histogram }, sink => sink.Add(new MetricLabels(new KeyValuePair<string, string>("name", "m")), histogram)));
        await Assert.That(text).StartsWith("# HELP g What.\n# TYPE g histogram\ng_bucket{name=\"m\",le=\"10\"} 2\ng_bucket{name=\"m\",le=\"18\"} 4\ng_bucket{name=\"m\",le=\"32\"} 4\n");
        await Assert.That(text).EndsWith("g_bucket{name=\"m\",le=\"1474755971\"} 4\ng_bucket{name=\"m\",le=\"+Inf\"} 5\ng_sum{name=\"m\"} 2000000038.5\ng_count{name=\"m\"} 5\n");
        Exposition.Parse(text);
    }

    internal static string Write(params IEnumerable<MetricSource> sources)
    {
        ArrayBufferWriter<byte> output = new();
        PrometheusText text = new(output);
        foreach (MetricSource source in sources)
        {
            text.Write(source);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
