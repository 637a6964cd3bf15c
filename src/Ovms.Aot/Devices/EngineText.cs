namespace Ovms.Devices;

/// <summary>Makes OpenVINO's error texts fit for a sentence: they begin with a trail of source files.</summary>
internal static class EngineText
{
    private const int MaxLength = 600;

    /// <summary>The lines that say something, joined; the whole text when none does.</summary>
    public static string Clean(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string said = string.Join("; ", lines.Select(WithoutTrail).Where(static line => line.Length > 0));
        string whole = said.Length > 0 ? said : string.Join("; ", lines);
        return whole.Length <= MaxLength ? whole : string.Concat(whole.AsSpan(0, MaxLength), "…");
    }

    private static string WithoutTrail(string line)
    {
        int trail = line.IndexOf("Exception from src/", StringComparison.Ordinal);
        string rest = trail < 0 ? line : line[..trail].TrimEnd(' ', ':', '.');
        return rest.StartsWith("Check '", StringComparison.Ordinal) && rest.Contains("' failed at ", StringComparison.Ordinal) || rest.Trim(';', ' ').Length == 0 ? "" : rest;
    }
}
