using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Ovms.Tests.Architecture;

/// <summary>
/// The folders of the server are strata: a folder names only what stands to the right of it in ARCHITECTURE.md. What it names is read
/// from its using lines and from qualified names in its code.
/// </summary>
public sealed partial class FolderLawTests
{
    private static readonly string[] s_ground = ["Disk", "Options", "Status", "Wire", "Observability"];
    private static readonly string[] s_middle = ["Configuration", "Devices", "Repository", "Tensors"];

    // Folder → what it may name besides itself. Peers in one stratum do not name each other, but a folder of models is a configuration.
    private static readonly Dictionary<string, string[]> s_law = new()
    {
        ["Hosting"] = ["Bench", "Frontends", "Inference", "Serving", .. s_middle, .. s_ground, "Native"],
        ["Bench"] = ["Hosting", "Frontends", "Inference", "Serving", .. s_middle, .. s_ground, "Native"],
        ["Frontends"] = ["Inference", "Serving", .. s_middle, .. s_ground],
        ["Inference"] = ["Serving", .. s_middle, .. s_ground, "Native"],
        ["Serving"] = [.. s_middle, .. s_ground, "Native"],
        ["Configuration"] = ["Repository", .. s_ground],
        ["Devices"] = [.. s_ground, "Native"],
        ["Repository"] = s_ground,
        ["Tensors"] = [.. s_ground, "Native"],
        ["Options"] = ["Observability"],
        ["Status"] = ["Observability"],
        ["Wire"] = ["Observability"],
        ["Observability"] = ["Disk"],
        ["Disk"] = [],
    };

    public static IEnumerable<string> Folders() => s_law.Keys;

    [Test]
    [MethodDataSource(nameof(Folders))]
    public async Task Folder_NamesOnlyWhatStandsRightOfIt(string folder)
    {
        string[] allowed = s_law[folder];
        List<string> against = [];
        foreach (SourceFile file in SourceFile.Of("Ovms.Aot").Where(file => StratumOf(file) == folder))
        {
            against.AddRange(
                NamedIn(file).Where(named => named != folder && !allowed.Contains(named)).Select(named => $"{file.Path} names {named}"));
        }

        await Assert.That(against).IsEmpty();
    }

    [Test]
    public async Task EveryFolder_HasALaw()
    {
        string[] unknown = [.. SourceFile.Of("Ovms.Aot").Select(StratumOf).Distinct().Where(static folder => !s_law.ContainsKey(folder))];
        await Assert.That(unknown).IsEmpty();
    }

    // What the extensions tell is the same over both wires: both front ends know it, and it knows neither.
    [Test]
    public async Task FrontEnds_DoNotKnowEachOther()
    {
        string[] against =
        [
            .. SourceFile.Of("Ovms.Aot")
                .Where(static file => file.Folders is ["Frontends", ..])
                .Where(static file => Regex.IsMatch(file.Code, $@"\bFrontends\.(?!({file.Folders.ElementAtOrDefault(1)}|Connections|Extensions)\b)\w"))
                .Select(static file => file.Path),
        ];
        await Assert.That(against).IsEmpty();
    }

    [Test]
    public async Task Native_NamesNothingOfTheServer()
    {
        string[] against =
        [
            .. SourceFile.Of("Ovms.Native").SelectMany(static file => NamedIn(file).Where(static named => named != "Native").Select(named => $"{file.Path} names {named}")),
        ];
        await Assert.That(against).IsEmpty();
    }

    [Test]
    [Arguments("Ovms.Native", "")]
    [Arguments("Ovms.Generators", "")]
    [Arguments("Ovms.Aot", "Ovms.Generators Ovms.Native")]
    public async Task Project_RefersOnlyTo(string project, string expected)
    {
        XDocument file = XDocument.Load(SourceTree.PathOf($"src/{project}/{project}.csproj"));
        IEnumerable<string> referred = file.Descendants("ProjectReference")
            .Select(static reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal);
        await Assert.That(string.Join(' ', referred)).IsEqualTo(expected);
    }

    [Test]
    [Arguments("using Ovms.Serving;", "Serving")]
    [Arguments("using static Ovms.Status.StatusCode;", "Status")]
    [Arguments("using Code = Ovms.Status.StatusCode;", "Status")]
    [Arguments("namespace Ovms.Wire;\nclass A { global::Ovms.Native.Core core; }", "Native")]
    [Arguments("class A { Serving.Servable servable; }", "Serving")]
    [Arguments("class A { object o = x.Status.Detail; string s = \"Ovms.Native.Core\"; } // Ovms.Inference.ModelCall", "")]
    [Arguments("class A { string s = \"\"\"\nan \"Ovms.Native.Core\"\n\"\"\"; }", "")]
    public async Task NamesIn_FindsWhatCodeNames(string code, string expected)
    {
        SourceFile file = SourceFile.Parse("src/Ovms.Aot/Wire/Sample.cs", code);
        await Assert.That(string.Join(' ', NamedIn(file))).IsEqualTo(expected);
    }

    // The program is the first line of hosting.
    private static string StratumOf(SourceFile file) => file.Folders.Length == 0 ? "Hosting" : file.Folders[0];

    private static IEnumerable<string> NamedIn(SourceFile file) =>
        Named().Matches(file.Code).Select(static match => match.Groups["folder"].Value).Where(static folder => folder == "Native" || s_law.ContainsKey(folder)).Distinct();

    // Ovms.Folder anywhere but in the file's own namespace line; or, since every namespace is below Ovms, Folder.Type alone: not after
    // a dot, where it is a member's name.
    [GeneratedRegex(@"(?<!namespace\s+)(?<![\w.])(?:(?:global::)?Ovms\.(?<folder>\w+)|(?<folder>[A-Z]\w+)\.[A-Z]\w*)")]
    private static partial Regex Named();
}
