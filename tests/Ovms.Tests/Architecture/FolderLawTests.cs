using System.Xml.Linq;

namespace Ovms.Tests.Architecture;

/// <summary>The folders of the server are layers, and so are their subfolders: each uses only what <see cref="FolderLaw"/> permits.</summary>
public sealed class FolderLawTests
{
    // (folder, folder that it uses) → the first file that does.
    private static readonly Dictionary<(string From, string To), string> s_arrows = SourceFile.Of("Ovms.Aot")
        .SelectMany(static file => FolderMap.All.NamedIn(file).Select(named => (Arrow: (FolderMap.Of(file), named), file.Path)))
        .GroupBy(static found => found.Arrow, static found => found.Path)
        .ToDictionary(static found => found.Key, static found => found.First());

    public static IEnumerable<string> Folders() => FolderLaw.Folders;

    [Test]
    [MethodDataSource(nameof(Folders))]
    public async Task Folder_NamesOnlyWhatItMay(string folder)
    {
        string[] against =
        [
            .. s_arrows.Where(arrow => arrow.Key.From == folder)
                .Where(arrow => !FolderLaw.PermittedTo(folder).Contains(arrow.Key.To))
                .Select(static arrow => $"{arrow.Value} names {arrow.Key.To}"),
        ];
        await Assert.That(against).IsEmpty();
    }

    [Test]
    [MethodDataSource(nameof(Folders))]
    public async Task Folder_MayNameOnlyWhatItDoes(string folder)
    {
        IEnumerable<string> needless = FolderLaw.PermittedTo(folder).Where(entry => !s_arrows.ContainsKey((folder, entry)));
        await Assert.That(needless).IsEmpty();
    }

    [Test]
    public async Task EveryFolder_HasALaw()
    {
        string[] there = [.. SourceFile.Of("Ovms.Aot").Select(FolderMap.Of).Distinct()];
        await Assert.That(there.Except(FolderLaw.Folders)).IsEmpty();
        await Assert.That(FolderLaw.Folders.Except(there)).IsEmpty();
    }

    [Test]
    public async Task EverySubfolder_HasARowInThePage()
    {
        string page = await File.ReadAllTextAsync(SourceTree.PathOf("ARCHITECTURE.md"));
        IEnumerable<string> missing = FolderLaw.Folders.Where(folder => folder.Contains('/') && !page.Contains($"`{folder}`", StringComparison.Ordinal));
        await Assert.That(missing).IsEmpty();
    }

    [Test]
    public async Task NoTwoFolders_NameEachOther()
    {
        IEnumerable<string> against = s_arrows.Keys.Where(static arrow => string.CompareOrdinal(arrow.From, arrow.To) < 0)
            .Where(static arrow => s_arrows.ContainsKey((arrow.To, arrow.From)))
            .Select(static pair => $"{pair}: {s_arrows[pair]}, {s_arrows[(pair.To, pair.From)]}");
        await Assert.That(against).IsEmpty();
    }

    // A cycle over several folders is harder to see than one of two.
    [Test]
    public async Task NoFolder_NamesItselfByWayOfOthers()
    {
        HashSet<(string From, string To)> left = [.. s_arrows.Keys];

        // A dependency on a folder without remaining dependencies is not part of a cycle.
        while (left.RemoveWhere(arrow => !left.Any(next => next.From == arrow.To)) > 0)
        {
        }

        await Assert.That(left.Select(static arrow => $"{arrow.From} names {arrow.To}: {s_arrows[arrow]}")).IsEmpty();
    }

    // Common code is used by both front ends and uses neither.
    [Test]
    public async Task FrontEnds_DoNotKnowEachOther()
    {
        IEnumerable<(string From, string To)> against = s_arrows.Keys.Where(static arrow =>
            FrontOf(arrow.To) is { } front && arrow.From.StartsWith("Frontends", StringComparison.Ordinal) && FrontOf(arrow.From) != front);
        await Assert.That(against).IsEmpty();

        // Null for common code.
        static string? FrontOf(string folder) => folder.Split('/') is ["Frontends", ("Grpc" or "Rest") and var front, ..] ? front : null;
    }

    [Test]
    public async Task Native_NamesNothingOfTheServer()
    {
        IEnumerable<string> against = SourceFile.Of("Ovms.Native")
            .SelectMany(static file => FolderMap.All.NamedIn(file).Select(named => $"{file.Path} names {named}"));
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
}
