using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ovms.Tests.Observability;

/// <summary>
/// Reads Prometheus' text exposition format 0.0.4, and refuses whatever the format does not allow or does not make sense: the same rules
/// as Prometheus' own parser and promtool have, and no others.
/// </summary>
internal sealed partial class Exposition
{
    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);

    private Exposition()
    {
    }

    /// <summary>One family as it was read; series by their labels' text.</summary>
    public sealed class Family(string name)
    {
        public string Name => name;

        public string? Help { get; set; }

        public string? Type { get; set; }

        public List<Sample> Samples { get; } = [];
    }

    /// <summary>One line.</summary>
    public sealed record Sample(string Name, SortedDictionary<string, string> Labels, string[] LabelOrder, double Value)
    {
        public string Series(params string[] without) =>
            Name + "{" + string.Join(',', Labels.Where(label => !without.Contains(label.Key)).Select(static label => $"{label.Key}=\"{label.Value}\"")) + "}";
    }

    public IReadOnlyDictionary<string, Family> Families => _families;

    /// <summary>The value of a series written as in PromQL with all its labels in alphabetical order; fails when it is not there.</summary>
    public double this[string series] =>
        Find(series) ?? throw new InvalidOperationException($"There is no series {series}. There are:\n{string.Join('\n', All.Select(static sample => sample.Series()))}");

    public IEnumerable<Sample> All => _families.Values.SelectMany(static family => family.Samples);

    public double? Find(string series) =>
        All.FirstOrDefault(sample => sample.Series() == (series.Contains('{') ? series : series + "{}"))?.Value;

    /// <exception cref="FormatException">It is not the format; the message has the line.</exception>
    public static Exposition Parse(string text)
    {
        Exposition read = new();
        if (text.Length > 0 && !text.EndsWith('\n'))
        {
            throw new FormatException("The last line does not end.");
        }

        Family? current = null;
        foreach (string line in text.Split('\n')[..^1])
        {
            current = line switch
            {
                "" => current,
                _ when line.StartsWith("# HELP ", StringComparison.Ordinal) => read.ReadHelp(line, current),
                _ when line.StartsWith("# TYPE ", StringComparison.Ordinal) => read.ReadType(line, current),
                _ when line.StartsWith('#') => current,
                _ => ReadSample(line, current),
            };
        }

        foreach (Family family in read._families.Values)
        {
            CheckFamily(family);
        }

        return read;
    }

    private Family ReadHelp(string line, Family? current)
    {
        Match match = HelpLine().Match(line);
        Require(match.Success, line, "is no HELP line");
        Require(!Regex.IsMatch(match.Groups["text"].Value, @"(?<!\\)(\\\\)*\\[^\\n]"), line, "escapes what needs no escape");
        Family family = Enter(match.Groups["name"].Value, line, current);
        Require(family.Help is null, line, "comes twice");
        Require(family.Samples.Count == 0, line, "comes after samples");
        family.Help = match.Groups["text"].Value;
        return family;
    }

    private Family ReadType(string line, Family? current)
    {
        Match match = TypeLine().Match(line);
        Require(match.Success, line, "is no TYPE line");
        Family family = Enter(match.Groups["name"].Value, line, current);
        Require(family.Type is null, line, "comes twice");
        Require(family.Samples.Count == 0, line, "comes after samples");
        family.Type = match.Groups["type"].Value;
        return family;
    }

    private Family Enter(string name, string line, Family? current)
    {
        if (current?.Name == name)
        {
            return current;
        }

        Family family = new(name);
        Require(_families.TryAdd(name, family), line, "reopens a family: all lines of one must stand together");
        return family;
    }

    private static Family ReadSample(string line, Family? current)
    {
        Match match = SampleLine().Match(line);
        Require(match.Success, line, "is no sample");
        Require(current is { Type: not null, Help: not null }, line, "has no HELP and TYPE before it");
        string name = match.Groups["name"].Value;
        string suffix = name.StartsWith(current!.Name, StringComparison.Ordinal) ? name[current.Name.Length..] : "?";
        bool belongs = current.Type == "histogram" ? suffix is "_bucket" or "_sum" or "_count" : suffix.Length == 0;
        Require(belongs, line, $"does not belong to the family {current.Name}");

        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        List<string> order = [];
        foreach (Match label in Label().Matches(match.Groups["labels"].Value))
        {
            Require(labels.TryAdd(label.Groups["name"].Value, Unescape(label.Groups["value"].Value)), line, "has a label twice");
            order.Add(label.Groups["name"].Value);
        }

        current.Samples.Add(new Sample(name, labels, [.. order], Number(match.Groups["value"].Value, line)));
        return current;
    }

    private static void CheckFamily(Family family)
    {
        Require(family.Samples.Count > 0, family.Name, "has no samples");
        string? twice = family.Samples.GroupBy(static sample => sample.Series()).FirstOrDefault(static group => group.Count() > 1)?.Key;
        Require(twice is null, twice ?? "", "is there twice");
        Require(family.Type is not ("counter" or "histogram") || family.Samples.All(static sample => sample.Value >= 0), family.Name, "counts below zero");
        if (family.Type != "histogram")
        {
            return;
        }

        foreach (IGrouping<string, Sample> series in family.Samples.GroupBy(sample => sample.Series("le")[sample.Name.Length..]))
        {
            Sample[] buckets = [.. series.Where(sample => sample.Name.EndsWith("_bucket", StringComparison.Ordinal))];
            double[] bounds = [.. buckets.Select(bucket => Number(bucket.Labels["le"], series.Key))];
            Require(bounds.SequenceEqual(bounds.Order()) && bounds[^1] == double.PositiveInfinity, series.Key, "has buckets out of order or no +Inf");
            Require(buckets.Select(static bucket => bucket.Value).SequenceEqual(buckets.Select(static bucket => bucket.Value).Order()), series.Key, "has buckets that are not cumulative");
            Require(series.Single(static sample => sample.Name.EndsWith("_count", StringComparison.Ordinal)).Value == buckets[^1].Value, series.Key, "has another count than its last bucket");
            Require(series.Count(static sample => sample.Name.EndsWith("_sum", StringComparison.Ordinal)) == 1, series.Key, "has no sum");
        }
    }

    private static double Number(string text, string line)
    {
        double value = text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double parsed) && double.IsFinite(parsed)
                ? parsed
                : throw new FormatException($"{line}: {text} is no number"),
        };
        return value;
    }

    private static string Unescape(string value)
    {
        StringBuilder plain = new();
        for (int i = 0; i < value.Length; i++)
        {
            plain.Append(value[i] != '\\' ? value[i] : value[++i] == 'n' ? '\n' : value[i]);
        }

        return plain.ToString();
    }

    private static void Require(bool condition, string line, string what)
    {
        if (!condition)
        {
            throw new FormatException($"{line}\n{what}.");
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<text>[^\r\n]*)$")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"^# TYPE (?<name>[a-zA-Z_:][a-zA-Z0-9_:]*) (?<type>counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?<labels>(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\r\n]|\\[\\n"])*")(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\r\n]|\\[\\n"])*")*)\})? (?<value>\S+)$""")]
    private static partial Regex SampleLine();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>(?:[^"\\]|\\.)*)"(?:,|$)""")]
    private static partial Regex Label();
}
