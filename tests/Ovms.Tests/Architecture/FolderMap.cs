using System.Text.RegularExpressions;

namespace Ovms.Tests.Architecture;

/// <summary>
/// Finds the folders that a file uses: by its using lines, by qualified names, and by types of its parent folders, which need neither. A
/// folder is written as its path, <c>Serving/Table</c>. The bindings of OpenVINO count as one folder, <c>Native</c>.
/// </summary>
internal sealed partial class FolderMap
{
    /// <summary>The code that the protobuf compiler generates from Frontends/Grpc/protos; it has no folder in the source tree.</summary>
    public const string Protos = "Frontends/Grpc/Protos";

    private readonly Dictionary<string, HashSet<string>> _types = [];

    /// <summary>Reads which types the files declare.</summary>
    public FolderMap(IEnumerable<SourceFile> files)
    {
        foreach (SourceFile file in files)
        {
            if (!_types.TryGetValue(Of(file), out HashSet<string>? types))
            {
                _types.Add(Of(file), types = []);
            }

            types.UnionWith(Declared().Matches(file.Code).Select(static match => match.Groups["name"].Value));
        }
    }

    /// <summary>For the server and its bindings of OpenVINO.</summary>
    public static FolderMap All { get; } = new(SourceFile.Of("Ovms.Aot").Concat(SourceFile.Of("Ovms.Native")));

    /// <summary>A file's folder; <c>Program</c> for Program.cs, which has none.</summary>
    public static string Of(SourceFile file) =>
        file.Project == "Ovms.Native" ? "Native" : file.Folders.Length == 0 ? "Program" : string.Join('/', file.Folders);

    /// <summary>The folders that a file uses, except its own.</summary>
    public IEnumerable<string> NamedIn(SourceFile file)
    {
        string own = Of(file);
        IEnumerable<string> used = Using().Matches(file.Code).Select(match => FolderOf([], match.Groups["name"].Value.Split('.')));
        string code = Head().Replace(file.Code, "");
        IEnumerable<string> qualified = Qualified().Matches(code).Select(match => Resolve(file.Folders, match));
        IEnumerable<string> above = Enumerable.Range(1, Math.Max(0, file.Folders.Length - 1))
            .Select(length => string.Join('/', file.Folders[..length]))
            .Where(folder => NamesTypeOf(folder, own, code));
        return used.Concat(qualified).Concat(above).Where(folder => folder.Length > 0 && folder != own).Distinct();
    }

    private bool NamesTypeOf(string folder, string own, string code) =>
        _types.TryGetValue(folder, out HashSet<string>? types)
        && Word().Matches(code).Any(match => types.Contains(match.Value) && !_types[own].Contains(match.Value));

    // Resolves a name as the compiler does: in the file's own namespace first, then in each enclosing one.
    private string Resolve(string[] folders, Match match)
    {
        string[] name = match.Groups["name"].Value.Split('.');
        if (match.Groups["root"].Success)
        {
            return FolderOf([], name);
        }

        for (int length = folders.Length; length >= 0; length--)
        {
            string folder = FolderOf(folders[..length], name);
            string[] rest = name[Math.Clamp(folder.Split('/').Length - length, 0, name.Length)..];
            if (folder.Length > 0 && _types.TryGetValue(folder, out HashSet<string>? types) && rest.Length > 0 && types.Contains(rest[0]))
            {
                return folder;
            }
        }

        return "";
    }

    // The deepest folder that a qualified name leads to, starting from a folder; empty if there is none.
    private string FolderOf(string[] from, string[] name)
    {
        for (int length = name.Length; length > 0; length--)
        {
            string folder = string.Join('/', [.. from, .. name[..length]]);
            if (_types.ContainsKey(folder) || folder == Protos)
            {
                return folder;
            }
        }

        return "";
    }

    // Only types that are not indented: code uses a nested type through the outer one.
    [GeneratedRegex("""
        ^(?:\w+\ )*
        (?:
            (?:class|struct|record|interface|enum)(?:\ struct|\ class)?\ (?<name>[A-Z]\w*) |
            delegate\ [^(\n]*?(?<name>[A-Z]\w*)(?:<[^(\n]*>)?\(
        )
        """, RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^(?:global )?using (?:static |\w+ = )?(?:global::)?Ovms\.(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^(?:global )?using [^\n]*;|^namespace [^\n]*;", RegexOptions.Multiline)]
    private static partial Regex Head();

    // Not after a dot, where the word is a member.
    [GeneratedRegex(@"(?<![\w.])(?:global::)?(?<root>Ovms\.)?(?<name>[A-Z]\w*(?:\.[A-Z]\w*)+)")]
    private static partial Regex Qualified();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*")]
    private static partial Regex Word();
}
