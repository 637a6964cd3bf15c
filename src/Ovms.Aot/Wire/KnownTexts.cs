using System.Text;

namespace Ovms.Wire;

/// <summary>
/// Cache of short texts that recur in calls (names of models and inputs, datatypes), so that they are not allocated again. Each slot
/// holds one text, so many different names need no more memory. Races between writers are harmless: either text is right.
/// </summary>
internal static class KnownTexts
{
    private const int Longest = 48;

    private static readonly string?[] s_texts = new string?[512];

    /// <summary>The text of some bytes; null if they are too long or not ASCII.</summary>
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

    // FNV-1a hash.
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
