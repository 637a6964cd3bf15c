using System.Text;

namespace Ovms.Wire;

/// <summary>
/// Gives the same short texts that come with every call, names of models and inputs and types, as the strings they were the last time.
/// A place holds one text, so that callers with many names cost no memory; two threads may write one at the same time, and either is right.
/// </summary>
internal static class KnownTexts
{
    private const int Longest = 48;

    private static readonly string?[] s_texts = new string?[512];

    /// <summary>The text of some bytes; null where they are too long, or not ASCII.</summary>
    public static string? Find(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (bytes.Length > Longest || !Ascii.IsValid(bytes))
        {
            return null;
        }

        ref string? place = ref s_texts[Hash(bytes) % (uint)s_texts.Length];
        string? known = place;
        return known is not null && Ascii.Equals(bytes, known) ? known : place = Encoding.ASCII.GetString(bytes);
    }

    // FNV-1a.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte next in bytes)
        {
            hash = (hash ^ next) * 16777619;
        }

        return hash;
    }
}
