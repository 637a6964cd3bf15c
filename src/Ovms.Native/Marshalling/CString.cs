using System.Runtime.CompilerServices;

namespace Ovms.Native.Marshalling;

/// <summary>Checks texts that C reads up to the first NUL.</summary>
internal static class CString
{
    /// <summary>Rejects an empty text and one that contains NUL.</summary>
    internal static void Require(string value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        RequireNoNul(value, name);
    }

    /// <summary>Rejects a text that contains NUL, where C would end it.</summary>
    internal static void RequireNoNul(string value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(value, name);
        int nul = value.IndexOf('\0');
        if (nul >= 0)
        {
            throw new ArgumentException(
                $"The text has a NUL character at position {nul}, where C would end it: \"{value[..nul]}\". Remove it.", name);
        }
    }
}
