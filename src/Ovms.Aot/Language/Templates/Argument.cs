using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>Reads arguments as Python's functions do; wrong types fail.</summary>
internal static class Argument
{
    /// <summary>A text.</summary>
    public static string Text(JinjaValue value, string owner) => value.IsText ? value.Text
        : throw PythonFault.Type($"{owner}() argument must be str, not {value.TypeName}");

    /// <summary>A text, or a fallback if none was given.</summary>
    public static string Text(JinjaValue value, string owner, string fallback) =>
        value.Kind == JinjaKind.Unset ? fallback : Text(value, owner);

    /// <summary>An int; a fallback if none was given. Larger ones than 64 bits are cut to the largest.</summary>
    public static long Long(JinjaValue value, long? fallback = null)
    {
        if (fallback is not null && value.Kind is JinjaKind.Unset or JinjaKind.None)
            return fallback.Value;

        if (value.Kind == JinjaKind.BigInt)
            return value.Big.Sign < 0 ? long.MinValue / 4 : long.MaxValue / 4;

        return value.IsInteger ? Math.Clamp(value.Long, long.MinValue / 4, long.MaxValue / 4)
            : throw PythonFault.Type($"'{value.TypeName}' object cannot be interpreted as an integer");
    }

    /// <summary>A truth, or a fallback if none was given.</summary>
    public static bool Truth(JinjaValue value, bool fallback) => value.Kind == JinjaKind.Unset ? fallback : value.IsTrue;
}
