namespace Ovms.Status;

/// <summary>Bounds the length of a caller's text in responses and log lines.</summary>
internal static class Shown
{
    private const int Limit = 100;
    private const string Ellipsis = "...";

    /// <summary>The text, cut after 100 characters with an ellipsis; never within a surrogate pair.</summary>
    public static string Bounded(string text)
    {
        if (text.Length <= Limit)
        {
            return text;
        }

        int end = char.IsHighSurrogate(text[Limit - 1]) ? Limit - 1 : Limit;
        return string.Concat(text.AsSpan(0, end), Ellipsis);
    }

    /// <summary>The text of a value that a caller may have given; null is shown as nothing.</summary>
    public static string Bounded(object? value) => Bounded(value?.ToString() ?? "nothing");
}
