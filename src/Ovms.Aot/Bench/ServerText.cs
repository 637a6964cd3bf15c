using Ovms.Observability;

namespace Ovms.Bench;

/// <summary>What a measured server says, as messages show it: a part of it, and nothing that a terminal obeys.</summary>
internal static class ServerText
{
    /// <summary>Characters that are shown at most.</summary>
    public const int Longest = 300;

    /// <summary>The text to show; words for it if there is none.</summary>
    public static string Of(string text)
    {
        string said = text.Trim();
        return said.Length == 0 ? "it sends no text" : VisibleText.Of(said.Length <= Longest ? said : $"{said[..Longest]}...");
    }
}
