using System.Text.RegularExpressions;

namespace Ovms.Tests.Architecture;

/// <summary>One hand-written C# file under src/, read as text: its code without comments and string literals.</summary>
internal sealed partial class SourceFile
{
    private SourceFile(string path, string text)
    {
        string[] parts = path.Split('/');
        Path = path;
        Project = parts[1];
        Folders = parts[2..^1];
        Name = System.IO.Path.GetFileNameWithoutExtension(path);
        Lines = text.Split('\n').Length - 1;
        Code = Silent().Replace(text, static match => match.Value.StartsWith('/') ? " " : "\"\"");
    }

    /// <summary>From the root of the repository, with slashes.</summary>
    public string Path { get; }

    /// <summary>The project's folder under src/.</summary>
    public string Project { get; }

    /// <summary>The folders between the project and the file.</summary>
    public string[] Folders { get; }

    /// <summary>The file's name without its ending.</summary>
    public string Name { get; }

    /// <summary>How many lines it has.</summary>
    public int Lines { get; }

    /// <summary>What the compiler acts on: comments and the insides of strings are gone.</summary>
    public string Code { get; }

    /// <summary>Every file of src/ that is not generated.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = FindAll();

    /// <summary>Every file of one project.</summary>
    public static IEnumerable<SourceFile> Of(string project) => All.Where(file => file.Project == project);

    /// <summary>Reads a text as if it were the file at the path.</summary>
    public static SourceFile Parse(string path, string text) => new(path, text.ReplaceLineEndings("\n"));

    private static SourceFile[] FindAll()
    {
        string root = SourceTree.PathOf("");
        return
        [
            .. Directory.EnumerateFiles(SourceTree.PathOf("src"), "*.cs", SearchOption.AllDirectories)
                .Select(file => System.IO.Path.GetRelativePath(root, file).Replace('\\', '/'))
                .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(static path => Parse(path, File.ReadAllText(SourceTree.PathOf(path)))),
        ];
    }

    // Raw strings before plain ones: three quotes also begin an empty string and another one.
    [GeneratedRegex("""
        //[^\n]* | /\*.*?\*/ | (?<raw>"{3,}).*?\k<raw> | @"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+'
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline)]
    private static partial Regex Silent();
}
