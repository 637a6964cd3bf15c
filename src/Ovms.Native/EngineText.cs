namespace Ovms.Native;

/// <summary>
/// Shortens OpenVINO's error texts for use in a sentence. It removes source locations, failed conditions and line breaks, which do not
/// help the reader.
/// </summary>
public static class EngineText
{
    private const int MaxLength = 600;
    private const string Origin = "Exception from src";
    private const string Condition = "Check '";
    private const string NothingSaid = "FrontEnd API failed";

    // "The CL_OUT_OF_RESOURCES error typically occurs in two cases: …": what whoever runs the server may try.
    private const string Advice = " error typically occurs in ";

    private static readonly char[] s_blanks = [' ', '\t', '\r'];
    private static readonly char[] s_ends = ['.', '!', ':', ';', ' '];

    /// <summary>The meaningful lines (all if none are) joined into one line of at most 600 characters, without a full stop.</summary>
    public static string Clean(string text)
    {
        string[] lines =
            [.. text.Split('\n').Select(static line => string.Join(' ', line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries)))];
        string said = Join(lines.Select(WithoutTrail));
        string whole = (said.Length > 0 ? said : Join(lines)).TrimEnd(s_ends);
        return whole.Length <= MaxLength ? whole : string.Concat(whole.AsSpan(0, MaxLength), "…");
    }

    /// <summary>A cleaned text for callers: without OpenVINO's advice about drivers and settings, which the log has.</summary>
    public static string WithoutAdvice(string cleaned)
    {
        int advice = cleaned.IndexOf(Advice, StringComparison.Ordinal);
        int begin = advice < 0 ? -1 : cleaned.LastIndexOf("; ", advice, StringComparison.Ordinal);
        return begin <= 0 ? cleaned : cleaned[..begin].TrimEnd(s_ends);
    }

    private static string WithoutTrail(string line)
    {
        int origin = line.IndexOf(Origin, StringComparison.Ordinal);
        bool isPath = origin >= 0 && origin + Origin.Length < line.Length && line[origin + Origin.Length] is ('/' or '\\');
        string rest = isPath ? line[..origin] : line;
        int condition = rest.IndexOf(Condition, StringComparison.Ordinal);
        if (condition >= 0 && rest.IndexOf("' failed at ", condition, StringComparison.Ordinal) > 0)
        {
            rest = rest[..condition];
        }

        return rest.StartsWith(NothingSaid, StringComparison.Ordinal) ? "" : rest.Trim();
    }

    // A line that ends with a colon is explained by the next one.
    private static string Join(IEnumerable<string> lines)
    {
        string joined = "";
        foreach (string line in lines.Where(static line => line.Trim(s_ends).Length > 0))
        {
            joined = joined.Length == 0 ? line : $"{joined.TrimEnd(s_ends)}{(joined.EndsWith(':') ? ": " : "; ")}{line}";
        }

        return joined;
    }
}
