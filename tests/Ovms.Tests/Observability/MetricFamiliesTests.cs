using System.Text;
using System.Text.RegularExpressions;
using Ovms.Observability.Metrics;

namespace Ovms.Tests.Observability;

public sealed class MetricFamiliesTests
{
    private const string Page = "docs/metrics.md";
    private const string Begin = "<!-- written from the table of families by a test -->\n";
    private const string End = "<!-- end -->\n";

    [Test]
    public async Task Names_AreUniqueAndLabelsSorted()
    {
        await Assert.That(MetricFamilies.All.Select(static family => family.Name).Distinct().Count()).IsEqualTo(MetricFamilies.All.Count);
        foreach (MetricFamily family in MetricFamilies.All)
        {
            await Assert.That(family.Labels.SequenceEqual(family.Labels.Order(StringComparer.Ordinal))).IsTrue().Because(family.Name);
            await Assert.That(Regex.IsMatch(family.Name, "^ovms_[a-z_]+$")).IsTrue().Because(family.Name);
            await Assert.That(family.Help).EndsWith(".");
        }
    }

    [Test]
    public async Task EveryDeclaredFamily_IsInTheTable()
    {
        string[] declared = [.. typeof(MetricFamilies).GetFields().Select(static field => field.GetValue(null)).OfType<MetricFamily>().Select(static family => family.Name)];
        await Assert.That(MetricFamilies.All.Select(static family => family.Name)).IsEquivalentTo(declared);
    }

    [Test]
    public async Task Page_HasTheTable()
    {
        string page = (await File.ReadAllTextAsync(SourceTree.PathOf(Page))).ReplaceLineEndings("\n");
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        await Assert.That(begin >= Begin.Length && end >= begin).IsTrue().Because($"{Page} has the two marks");
        await SourceTree.Holds(Page, page[..begin] + Table() + page[end..]);
    }

    private static string Table()
    {
        StringBuilder table = new("| Family | Type | Without a list | Labels | Help |\n|---|---|---|---|---|\n");
        foreach (MetricFamily family in MetricFamilies.All)
        {
            table.Append($"| `{family.Name}` | {family.KindText} | {(family.IsDefault ? "on" : "off")} | {string.Join(", ", family.Labels)} | {family.Help} |\n");
        }

        return table.ToString();
    }
}
