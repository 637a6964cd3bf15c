namespace Ovms.Processes;

/// <summary>Texts of a child as they are told to callers: bounded, and never cut within a character.</summary>
internal static class ToldText
{
    private const int Most = 1200;

    /// <summary>
    /// The lines of a text as one, divided by " | ", of 1200 characters at most: a status of gRPC travels in a header, which has one line
    /// and little room.
    /// </summary>
    public static string OneLine(string text) => string.Join(
        " | ",
        (text.Length > Most ? $"{Start(text, Most)}..." : text).Split(
            ['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>The beginning of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Characters at most; 1 or more.</param>
    public static string Start(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>The end of a text.</summary>
    /// <inheritdoc cref="Start"/>
    public static string End(string text, int most) =>
        text.Length <= most ? text : text[^(char.IsLowSurrogate(text[^most]) ? most - 1 : most)..];
}
