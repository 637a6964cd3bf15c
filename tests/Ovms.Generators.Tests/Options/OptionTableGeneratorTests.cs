using System.Text.Json;
using Microsoft.CodeAnalysis;
using Ovms.Generators.Infrastructure;
using Ovms.Generators.Tests.Infrastructure;

namespace Ovms.Generators.Tests.Options;

/// <summary>The option table: what is generated, what is refused, what is cached.</summary>
public class OptionTableGeneratorTests
{
    [Test]
    [Arguments("SampleOptions.Options")]
    [Arguments("SampleOptions.Help")]
    [Arguments("SampleOptions.Schema")]
    public async Task Table_MatchesSnapshot(string product) =>
        await Snapshot.Matches(product, SampleTable.Run(SampleTable.Source).Text(product + ".g.cs"));

    [Test]
    public async Task GeneratedCode_CompilesWithoutWarnings() =>
        await SampleTable.Run(SampleTable.Source).Execute(static async assembly =>
            await Assert.That(assembly.GetType("Sample.SampleOptions")).IsNotNull());

    [Test]
    public async Task Help_ShowsWhatUsersNeed()
    {
        string help = SampleTable.Text("Help");
        await Assert.That(help).StartsWith("sample options:\n");
        await Assert.That(help).Contains("  -p, --listen, --port PORT                 Where to listen, see Ratio. (default: 80)\n");
        await Assert.That(help).Contains("One of low, high. (default: low)");
        await Assert.That(help).Contains("(default: computed)");
        await Assert.That(help).Contains("\nadvanced:\n  --raw JSON ");
        await Assert.That(help).DoesNotContain("secret");
        await Assert.That(help).DoesNotContain("tri");
    }

    [Test]
    public async Task Schema_IsJsonOfTheConfigKeysOnly()
    {
        using JsonDocument schema = JsonDocument.Parse(SampleTable.Text("Schema"));
        JsonElement properties = schema.RootElement.GetProperty("properties");
        string[] keys = properties.EnumerateObject().Select(static p => p.Name).ToArray();
        await Assert.That(keys).IsEquivalentTo(["port", "verbose", "severity", "count", "color", "raw", "tri", "way"]);
        await Assert.That(schema.RootElement.GetProperty("additionalProperties").GetBoolean()).IsFalse();
        await Assert.That(properties.GetProperty("port").GetRawText()).IsEqualTo("""{"description":"Where to listen, see Ratio.","type":"integer","minimum":1,"maximum":65535,"default":80}""");
        await Assert.That(properties.GetProperty("severity").GetProperty("enum").GetRawText()).IsEqualTo("""["low","high"]""");
        await Assert.That(properties.GetProperty("raw").GetProperty("type").GetRawText()).IsEqualTo("""["string","number","object"]""");
        await Assert.That(properties.GetProperty("color").GetProperty("default").GetString()).IsEqualTo("red");
    }

    [Test]
    public async Task SecondRun_IsCached() =>
        await Caching.IsKept(SampleTable.Run(SampleTable.Source), StepNames.ParseOptionTable, StepNames.OptionTable);

    [Test]
    public async Task SecondRunWithDiagnostics_IsCached() =>
        await Caching.IsKept(SampleTable.Run(Replace("<summary>Words.</summary>", "Words.")), StepNames.ParseOptionTable, StepNames.OptionDiagnostics);

    [Test]
    public async Task EditElsewhere_RegeneratesNothing()
    {
        GeneratorRun edited = SampleTable.Run(SampleTable.Source, "class A;").With(1, "class B;");
        await Assert.That(edited.Reasons(StepNames.OptionTable).All(static r => r is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged)).IsTrue();
    }

    [Test]
    public async Task ChangedDocComment_Regenerates()
    {
        GeneratorRun edited = SampleTable.Run(SampleTable.Source).With(0, Replace("Say more.", "Say less."));
        await Assert.That(edited.Reasons(StepNames.OptionTable)).IsEquivalentTo([IncrementalStepRunReason.Modified]);
        await Assert.That(edited.Text("SampleOptions.Help.g.cs")).Contains("Say less.");
    }

    [Test]
    [Arguments("Option(\"note\"", "Option(\"port\"", "The option name 'port' of Note is already taken by Port")]
    [Arguments("Option(\"note\"", "Option(\"listen\"", "The option name 'listen' of Note is already taken by Port")]
    [Arguments("ConfigName = \"severity\"", "ConfigName = \"port\"", "The option name 'port' of Level is already taken by Port")]
    public async Task OVMS001_DuplicateName(string good, string bad, string message) => await IsRefused(good, bad, "OVMS001", message);

    [Test]
    public async Task OVMS002_MissingSummary() =>
        await IsRefused("/// <summary>Words.</summary>", "", "OVMS002", "Option 'note' has no <summary>: it is the option's help text");

    [Test]
    [Arguments("public static bool TryParse", "private static bool TryParse")]
    [Arguments("out string? why)", "ref string? why)")]
    [Arguments("ReadOnlySpan<char> text", "string text")]
    public async Task OVMS003_TypeThatCannotParse(string good, string bad) =>
        await IsRefused(good, bad, "OVMS003", "Option 'color' is of type 'Sample.Color', which is none of string, bool, int, uint, long, ulong, double and has no 'static bool TryParse(ReadOnlySpan<char>, out Sample.Color, out string? why)'");

    [Test]
    [Arguments("= 80;", "= 65536;", "The default '65536' of option 'port' is not one of its own allowed values: 1 to 65535")]
    [Arguments("Level { get; init; } = \"low\"", "Level { get; init; } = \"mid\"", "The default 'mid' of option 'level' is not one of its own allowed values: low, high")]
    [Arguments("= Color.Of(\"red\")", "= new Color(DateTime.Now.ToString())", "The default (not a constant, nor a call with one constant string) of option 'color' is not one of its own allowed values: help and schema have to state it")]
    public async Task OVMS004_DefaultThatIsRefused(string good, string bad, string message) => await IsRefused(good, bad, "OVMS004", message);

    [Test]
    public async Task EmptyDefault_MeansNotGiven()
    {
        GeneratorRun run = SampleTable.Run(Replace("Level { get; init; } = \"low\"", "Level { get; init; } = \"\""));
        await Assert.That(run.Diagnostics).IsEmpty();
        await Assert.That(run.Text("SampleOptions.Help.g.cs")).Contains("How hot. One of low, high.\\n");
    }

    [Test]
    [Arguments("[\"count\"]", "[\"cuont\"]", "Option 'ratio' conflicts with 'cuont', which is no option of the table")]
    [Arguments("[\"count\"]", "[\"ratio\"]", "Option 'ratio' conflicts with 'ratio', which is the option itself")]
    [Arguments("ConflictsWith = [\"count\"]", "Requires = \"cuont\"", "Option 'ratio' requires 'cuont', which is no option of the table")]
    [Arguments("ConflictsWith = [\"count\"]", "Requires = \"ratio\"", "Option 'ratio' requires 'ratio', which is the option itself")]
    public async Task OVMS005_OptionThatIsNotThere(string good, string bad, string message) => await IsRefused(good, bad, "OVMS005", message);

    [Test]
    [Arguments("[\"QUIET\", \"LOUD\"]", "[\"QUIET\"]")]
    [Arguments("[\"QUIET\", \"LOUD\"]", "[\"LOUD\", \"QUIET\"]")]
    [Arguments("[\"QUIET\", \"LOUD\"]", "[\"QUIET\", \"NOISY\"]")]
    public async Task OVMS006_AllowedThatAreNotTheMembers(string good, string bad) => await IsRefused(
        good,
        bad,
        "OVMS006",
        "Option 'sound' is of type 'Sample.Sound': Allowed, where it is given, spells all its members in their order: Quiet, Loud");

    private static async Task IsRefused(string good, string bad, string id, string message)
    {
        GeneratorRun run = SampleTable.Run(Replace(good, bad));
        Diagnostic diagnostic = run.Diagnostics.Single();
        await Assert.That(diagnostic.Id).IsEqualTo(id);
        await Assert.That(diagnostic.Severity).IsEqualTo(DiagnosticSeverity.Error);
        await Assert.That(diagnostic.GetMessage()).IsEqualTo(message);
        await Assert.That(diagnostic.Location.GetLineSpan().Path).IsEqualTo("Source0.cs");
        await Assert.That(run.Result.GeneratedSources).IsEmpty();
    }

    private static string Replace(string good, string bad) =>
        SampleTable.Source.Contains(good, StringComparison.Ordinal)
            ? SampleTable.Source.Replace(good, bad)
            : throw new ArgumentException($"The sample has no '{good}'.", nameof(good));
}
