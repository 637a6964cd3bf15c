using Ovms.Native;

namespace Ovms.Serving.Preparation;

/// <summary>Makes the engine's own text fit for a sentence: its source files, conditions and line breaks are of no use to who reads it.</summary>
internal static class EngineText
{
    private const int Limit = 600;
    private static readonly string[] s_noise = ["Exception from ", "Check '", "FrontEnd API failed"];

    /// <summary>What the engine says is wrong, in one line, without a full stop.</summary>
    public static string Of(OpenVinoException failure)
    {
        IEnumerable<string> lines = failure.Detail
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static line => !s_noise.Any(noise => line.StartsWith(noise, StringComparison.Ordinal)));
        string text = string.Join(' ', lines).TrimEnd('.', '!', ':', ' ');
        return text.Length switch
        {
            0 => $"{failure.Call} answers {failure.Status}",
            > Limit => string.Concat(text.AsSpan(0, Limit), "…"),
            _ => text,
        };
    }
}
