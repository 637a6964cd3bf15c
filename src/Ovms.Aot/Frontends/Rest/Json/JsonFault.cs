using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ovms.Status;

namespace Ovms.Frontends.Rest.Json;

/// <summary>Error texts for JSON, with the position of the error.</summary>
internal static class JsonFault
{
    /// <summary>The most levels of arrays and objects.</summary>
    public const int MaxDepth = 100;

    private const int MaxTextLength = 64 * 1024;

    /// <summary>For malformed JSON.</summary>
    /// <param name="fault">From a reader that may have started within the text.</param>
    /// <param name="json">The whole text.</param>
    public static Outcome Malformed(JsonException fault, ReadOnlySpan<byte> json)
    {
        fault = FromTheBeginning(json) ?? fault;
        long line = fault.LineNumber ?? 0;
        long offset = LineStart(json, line) + (fault.BytePositionInLine ?? 0);
        string what = fault.Message;
        int place = what.IndexOf(" LineNumber:", StringComparison.Ordinal);
        what = (place < 0 ? what : what[..place])
            .Replace(", when isFinalBlock is true", "", StringComparison.Ordinal)
            .Replace(" which is not supported in this mode. Change the reader options.", ".", StringComparison.Ordinal)
            .Replace(
                "Expected depth to be zero at the end of the JSON payload. There is",
                "The text ends too early: there is",
                StringComparison.Ordinal);
        return what.Contains("maximum configured depth", StringComparison.Ordinal)
            ? Outcome.Fail(
                StatusCode.JsonNestingDepthExceeded,
                $"Expected: at most {MaxDepth} levels of arrays and objects; Line: {line + 1}; Offset: {offset}")
            : Outcome.Fail(StatusCode.JsonInvalid, $"Error: {what} Line: {line + 1}; Offset: {offset}");
    }

    /// <summary>For a string with an escape that is no text.</summary>
    public static Outcome BadEscape(long offset) =>
        Outcome.Fail(StatusCode.JsonInvalid, $"Error: A string has a \\u escape that is only half of a surrogate pair. Offset: {offset}");

    /// <summary>For NaN or an infinity without quotes where a string is expected.</summary>
    /// <param name="reader">Positioned on the name.</param>
    /// <param name="origin">The offset in the text that the reader's positions count from.</param>
    public static Outcome BareName(in Utf8JsonReader reader, long origin) => Outcome.Fail(
        StatusCode.JsonInvalid,
        $"Error: {Tensors.BareName.TextOf(in reader)} without quotes; Expected: only among the values of floating-point inputs. "
            + $"Offset: {origin + reader.TokenStartIndex}");

    /// <summary>Ok for valid UTF-8; else an error with the offset of the first invalid byte.</summary>
    public static Outcome CheckUtf8(ReadOnlySpan<byte> json)
    {
        if (Utf8.IsValid(json))
        {
            return Outcome.Ok;
        }

        Span<char> scratch = stackalloc char[512];
        int offset = 0;
        OperationStatus status;
        do
        {
            status = Utf8.ToUtf16(json[offset..], scratch, out int read, out _, replaceInvalidSequences: false);
            offset += read;
        }
        while (status == OperationStatus.DestinationTooSmall);

        return Outcome.Fail(StatusCode.JsonInvalid, $"Error: The text is not UTF-8. Offset: {offset}");
    }

    /// <summary>For a value of the wrong type.</summary>
    /// <param name="code">The error code.</param>
    /// <param name="path">Where the value is, for example <c>inputs[0].name</c>.</param>
    /// <param name="expected">For example "a string".</param>
    /// <param name="reader">Positioned on the value.</param>
    public static Outcome WrongKind(StatusCode code, string path, string expected, in Utf8JsonReader reader) =>
        Outcome.Fail(code, $"{path}; Expected: {expected}; Actual: {Kind(reader.TokenType)}");

    /// <summary>For a key that appears twice in one object, since it is unclear which one is meant.</summary>
    public static Outcome Twice(string path) => Outcome.Fail(StatusCode.RestInvalidStructure, $"{path} is given twice; Expected: once");

    /// <summary>Rejects a long name or id before a string is made of it: callers' names are short.</summary>
    public static Outcome CheckLength(in Utf8JsonReader reader, string path) => reader.ValueSpan.Length <= MaxTextLength
        ? Outcome.Ok
        : Outcome.Fail(
            StatusCode.RestInvalidStructure,
            $"{path}; Expected: at most {MaxTextLength} bytes; Actual: {reader.ValueSpan.Length} bytes");

    /// <summary>A number as the caller wrote it.</summary>
    public static string Token(in Utf8JsonReader reader) => Shown.Bounded(Encoding.UTF8.GetString(reader.ValueSpan));

    // A reader counts lines from where it began, so read the whole text again.
    private static JsonException? FromTheBeginning(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException exact)
        {
            return exact;
        }
    }

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    private static long LineStart(ReadOnlySpan<byte> json, long line)
    {
        int start = 0;
        for (; line > 0; line--)
        {
            int end = json[start..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            start += end + 1;
        }

        return start;
    }
}
