using System.Text;
using Ovms.Status;

namespace Ovms.SharedMemory;

/// <summary>The keys of shared memory objects that callers may name.</summary>
internal static class SharedMemoryKey
{
    /// <summary>The most bytes of a key, without its leading slash: those of a file's name.</summary>
    public const int MaxBytes = 255;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A key or prefix without the slash that POSIX demands at its beginning.</summary>
    public static string WithoutSlash(string key) => key.StartsWith('/') ? key[1..] : key;

    /// <summary>Checks a caller's key.</summary>
    /// <param name="key">The key, with or without its leading slash.</param>
    /// <param name="prefix">What allowed keys begin with, without a leading slash.</param>
    /// <returns>The name of the object's file, which is the name of nothing outside the folder of such objects.</returns>
    public static Outcome<string> NameOf(string key, string prefix)
    {
        string name = WithoutSlash(key);
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return Outcome.Fail(
                StatusCode.SharedMemoryNotAllowed,
                $"Key: {Shown.Bounded(key)}; Expected: a key that begins with {prefix}, as --allow_shared_memory says");
        }

        string? fault = name.Length == 0 ? "a key that is not empty"
            : name.Contains('/') ? "a key without a slash behind its first character"
            : name.Contains('\0') ? "a key without a NUL"
            : name is "." or ".." ? "the name of an object"
            : BytesOf(name) is not { } bytes ? "a key that is valid Unicode"
            : bytes > MaxBytes ? $"a key of at most {MaxBytes} bytes"
            : null;
        return fault is null
            ? name
            : Outcome.Fail(StatusCode.SharedMemoryInvalid, $"Key: {Shown.Bounded(key)}; Expected: {fault}");
    }

    // Half a surrogate pair would become another character in the file's name.
    private static int? BytesOf(string name)
    {
        try
        {
            return s_strict.GetByteCount(name);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
