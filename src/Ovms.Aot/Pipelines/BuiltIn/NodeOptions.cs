using System.Globalization;
using Ovms.Status;

namespace Ovms.Pipelines.BuiltIn;

/// <summary>The parameters of a built-in node, as texts of a configuration.</summary>
/// <param name="parameters">The parameters.</param>
internal sealed class NodeOptions(IReadOnlyList<KeyValuePair<string, string>> parameters)
{
    /// <summary>A text; the default if it is not given.</summary>
    public string Text(string key, string absent) => Find(key) ?? absent;

    /// <summary>A number; the default if it is not given.</summary>
    /// <exception cref="OvmsException">It is no number, or not in the range.</exception>
    public double Number(string key, double absent, double least = double.MinValue, double most = double.MaxValue) =>
        Find(key) is not { } text ? absent
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && number >= least && number <= most
            ? number
            : throw Wrong(key, $"'{text}' is not a number{(least > double.MinValue ? $" from {least} to {most}" : "")}");

    /// <summary>A whole number; the default if it is not given.</summary>
    /// <exception cref="OvmsException">It is no whole number, or not in the range.</exception>
    public int Whole(string key, int absent, int least, int most) =>
        Find(key) is not { } text ? absent
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
                && number >= least && number <= most
            ? number
            : throw Wrong(key, $"'{text}' is not a whole number from {least} to {most}");

    /// <summary>A number that must be given.</summary>
    /// <exception cref="OvmsException">It is missing or no number.</exception>
    public double Number(string key) => Find(key) is null ? throw Missing(key) : Number(key, 0);

    /// <summary>A whole number that must be given.</summary>
    /// <exception cref="OvmsException">It is missing or not in the range.</exception>
    public int Whole(string key, int least, int most) => Find(key) is null ? throw Missing(key) : Whole(key, 0, least, most);

    /// <summary>One of some texts; the first is the default; null among them: it must be given.</summary>
    /// <exception cref="OvmsException">It is missing or none of them.</exception>
    public string OneOf(string key, string? absent, params string[] allowed)
    {
        string text = Find(key) ?? absent ?? throw Missing(key);
        return text == absent || allowed.Contains(text)
            ? text
            : throw Wrong(key, $"'{text}' is not one of: {string.Join(", ", allowed)}");
    }

    /// <summary>True or false; the default if it is not given.</summary>
    /// <exception cref="OvmsException">It is neither.</exception>
    public bool Flag(string key, bool absent = false) =>
        Find(key) is null ? absent : OneOf(key, "false", "true", "false") == "true";

    /// <summary>Numbers separated by commas, which may be in brackets; empty if they are not given.</summary>
    /// <exception cref="OvmsException">One is no number.</exception>
    public double[] Numbers(string key)
    {
        string text = Find(key)?.Trim().TrimStart('[').TrimEnd(']') ?? "";
        return text.Length == 0
            ? []
            : Array.ConvertAll(text.Split(','), part =>
                double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                    ? number
                    : throw Wrong(key, $"'{part}' is not a number"));
    }

    /// <summary>The error of a parameter.</summary>
    public static OvmsException Wrong(string key, string why) =>
        new(StatusCode.NodeLibraryInitializeFailed, $"the parameter {key}: {why}");

    private static OvmsException Missing(string key) => Wrong(key, "it must be given");

    private string? Find(string key) => parameters.LastOrDefault(one => one.Key == key).Value;
}
