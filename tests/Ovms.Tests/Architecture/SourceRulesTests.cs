using System.Text.RegularExpressions;

namespace Ovms.Tests.Architecture;

/// <summary>Rules for every source file: its length and width, its namespace, and the names of its types.</summary>
public sealed partial class SourceRulesTests
{
    private const int LongestFile = 300;
    private const int LongestProgram = 60;
    private const int WidestLine = 140;

    // Longer files, and the reason.
    private static readonly Dictionary<string, string> s_tables = new()
    {
        ["src/Ovms.Aot/Status/StatusCode.cs"] = "the table of statuses: one row each, nothing else",
    };

    // Files whose namespace is not that of the folder, and the reason.
    private static readonly Dictionary<string, string> s_elsewhere = new()
    {
        ["src/Ovms.Aot/Program.cs"] = "top-level statements",
        ["src/Ovms.Native/AssemblyInfo.cs"] = "attributes of the assembly",
        ["src/Ovms.Generators/Infrastructure/CompilerAttributes.cs"] = "attributes that the compiler looks for in its own namespaces",
    };

    // The manager of models is the one executor of plans.
    private static readonly string[] s_managers = ["ModelManager", "ModelManagerTests"];

    [Test]
    public async Task File_IsOneThoughtLong()
    {
        string[] tooLong =
        [
            .. SourceFile.All.Where(static file => file.Lines > LongestFile && !s_tables.ContainsKey(file.Path)).Select(static file => $"{file.Path}: {file.Lines} lines"),
        ];
        await Assert.That(tooLong).IsEmpty();
    }

    [Test]
    public async Task Line_IsNoWiderThanAScreen()
    {
        string[] tooWide =
        [
            .. SourceFile.All.SelectMany(static file => File.ReadLines(SourceTree.PathOf(file.Path))
                .Where(static line => line.Length > WidestLine)
                .Select(line => $"{file.Path}: {line}")),
        ];
        await Assert.That(tooWide).IsEmpty();
    }

    [Test]
    public async Task Exceptions_AreStillNeeded()
    {
        string[] needless =
        [
            .. s_tables.Keys.Where(static path => !SourceFile.All.Any(file => file.Path == path && file.Lines > LongestFile)),
            .. s_elsewhere.Keys.Where(static path => !SourceFile.All.Any(file => file.Path == path && Namespaces(file) != FolderNamespace(file))),
        ];
        await Assert.That(needless).IsEmpty();
    }

    [Test]
    public async Task Program_IsShort()
    {
        SourceFile program = SourceFile.All.Single(static file => file.Path == "src/Ovms.Aot/Program.cs");
        await Assert.That(program.Lines).IsLessThan(LongestProgram);
    }

    [Test]
    public async Task Namespace_IsTheFolder()
    {
        string[] elsewhere =
        [
            .. SourceFile.All
                .Where(static file => !s_elsewhere.ContainsKey(file.Path) && Namespaces(file) != FolderNamespace(file))
                .Select(static file => $"{file.Path} is in {Namespaces(file)}, its folder is {FolderNamespace(file)}"),
        ];
        await Assert.That(elsewhere).IsEmpty();
    }

    [Test]
    public async Task Name_SaysWhatAThingDoes()
    {
        // A file's name may have a second part after a dot: the part of the type, or the native header, that the file contains.
        string[] against =
        [
            .. SourceFile.All.SelectMany(static file =>
                Declared().Matches(file.Code).Select(static match => match.Groups["name"].Value).Append(file.Name.Split('.')[0]).Distinct()
                    .Where(static name => SaysNothing().IsMatch(name) && !s_managers.Contains(name))
                    .Select(name => $"{file.Path}: {name}")),
        ];
        await Assert.That(against).IsEmpty();
    }

    // Without OpenSSL on the machine its first use ends the process. Repository/Remote checks for it beforehand.
    [Test]
    public async Task Cryptography_IsForObjectStoresAlone()
    {
        string[] elsewhere =
        [
            .. SourceFile.Of("Ovms.Aot").Concat(SourceFile.Of("Ovms.Native"))
                .Where(static file => file.Code.Contains("System.Security.Cryptography", StringComparison.Ordinal) && !file.Path.StartsWith("src/Ovms.Aot/Repository/Remote/", StringComparison.Ordinal))
                .Select(static file => file.Path),
        ];
        await Assert.That(elsewhere).IsEmpty();
    }

    // Attributes are linked as source into the server and live in the folder that uses them there.
    private static string FolderNamespace(SourceFile file) =>
        file.Path.StartsWith("src/Ovms.Generators/Shared/", StringComparison.Ordinal)
            ? SharedNamespace(file)
            : string.Join('.', [file.Project == "Ovms.Aot" ? "Ovms" : file.Project, .. file.Folders]);

    private static string SharedNamespace(SourceFile file) =>
        SourceFile.Of("Ovms.Aot").Select(FolderNamespace).Contains(Namespaces(file)) ? Namespaces(file) : "one of the server's";

    private static string Namespaces(SourceFile file) => string.Join(", ", Namespace().Matches(file.Code).Select(static match => match.Groups[1].Value));

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex Declared();

    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utilities|Impl)$")]
    private static partial Regex SaysNothing();
}
