namespace Ovms.Repository;

/// <summary>Resolves all links in a path.</summary>
internal static class RealPath
{
    // The limit of Linux.
    private const int MostLinks = 40;

    /// <summary>Resolves the links.</summary>
    /// <param name="path">Absolute. A missing part counts as no link.</param>
    /// <returns>Absolute and free of links; null if the links form a cycle.</returns>
    public static string? Of(string path)
    {
        string real = Path.GetPathRoot(path)!;
        Stack<string> left = [];
        Push(left, path[real.Length..]);
        int links = 0;
        while (left.TryPop(out string? segment))
        {
            if (segment == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            string next = Path.Combine(real, segment);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return null;
            }

            string start = Path.IsPathFullyQualified(target) ? Path.GetPathRoot(target)! : "";
            real = start.Length > 0 ? start : real;
            Push(left, target[start.Length..]);
        }

        return real;
    }

    /// <summary>The names between the separators of a path.</summary>
    public static string[] Segments(string path) =>
        path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);

    private static void Push(Stack<string> left, string path)
    {
        foreach (string segment in Segments(path).Reverse().Where(static segment => segment != "."))
        {
            left.Push(segment);
        }
    }
}
