using System.Text;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The filter <c>wordwrap</c>: breaks lines at spaces, and at hyphens and within words if asked.</summary>
internal static class WordWrap
{
    /// <summary>The filter.</summary>
    public static JinjaValue Apply(Renderer renderer, JinjaValue value, JinjaValue[] a)
    {
        long width = Argument.Long(a[0], 79);
        bool breaksWords = Argument.Truth(a[1], true), breaksHyphens = Argument.Truth(a[3], true);
        string newLine = a[2].Kind is JinjaKind.Unset or JinjaKind.None ? "\n" : Argument.Text(a[2], "join");
        if (width <= 0)
            throw PythonFault.Value($"invalid width {width} (must be > 0)");

        if (!value.IsText)
            throw PythonFault.Missing(value, "splitlines");

        List<string> result = [];
        foreach (string line in PythonStrings.Lines(value.Text, false, renderer.Budget))
            result.Add(string.Join(newLine, Wrap(line, (int)Math.Min(width, int.MaxValue), breaksWords, breaksHyphens)));

        renderer.Budget.Text(result.Sum(line => (long)line.Length + newLine.Length));
        return string.Join(newLine, result);
    }

    private static List<string> Wrap(string line, int width, bool breaksWords, bool breaksHyphens)
    {
        List<string> lines = [];
        StringBuilder current = new();
        Queue<string> chunks = new(Chunks(line, breaksHyphens));
        while (chunks.TryDequeue(out string? chunk))
        {
            // A new line does not begin with spaces, except the first.
            if (current.Length == 0 && lines.Count > 0 && string.IsNullOrWhiteSpace(chunk))
                continue;

            while (current.Length + chunk.Length > width)
            {
                if (chunk.Length > width && breaksWords)
                {
                    int room = Math.Max(width - current.Length, 0);
                    current.Append(chunk.AsSpan(0, room));
                    chunk = chunk[room..];
                }
                else if (current.Length == 0)
                {
                    break;
                }

                Close(current, lines);
                if (string.IsNullOrWhiteSpace(chunk))
                    chunk = "";
            }

            current.Append(chunk);
        }

        Close(current, lines);
        return lines;
    }

    private static void Close(StringBuilder current, List<string> lines)
    {
        string line = current.ToString().TrimEnd();
        if (line.Length > 0)
            lines.Add(line);

        current.Clear();
    }

    private static IEnumerable<string> Chunks(string line, bool breaksHyphens)
    {
        for (int at = 0; at < line.Length;)
        {
            int end = at;
            bool space = CodePoints.IsSpace(line[at]);
            while (end < line.Length && CodePoints.IsSpace(line[end]) == space)
            {
                end++;
                bool hyphen = breaksHyphens && !space && end - at > 2 && end + 1 < line.Length && line[end - 1] == '-'
                    && char.IsLetter(line[end - 2]) && char.IsLetter(line[end]);
                if (hyphen)
                    break;
            }

            yield return line[at..end];
            at = end;
        }
    }
}
