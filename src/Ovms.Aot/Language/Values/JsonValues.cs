using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Language.Values;

/// <summary>Reads JSON as Python's <c>json.loads</c> does: members in order (the last of equal names counts), ints of any size.</summary>
internal static class JsonValues
{
    private const int DepthLimit = 100;

    /// <summary>The value of an element. More than 100 levels, ints of over 4,300 digits, and lone surrogates are rejected.</summary>
    public static Outcome<JinjaValue> Read(JsonElement element)
    {
        try
        {
            return Value(element, 0);
        }
        catch (PythonFault fault)
        {
            return Outcome.Fail(StatusCode.InvalidTextRequest, fault.Message);
        }
    }

    /// <summary>The value of a JSON text; faults as Python raises them.</summary>
    public static JinjaValue Parse(string text, RenderBudget budget)
    {
        budget.Step(text.Length);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DepthLimit });
            return Value(document.RootElement, 0);
        }
        catch (JsonException)
        {
            throw new PythonFault("JSONDecodeError", "the text is not JSON");
        }
    }

    private static JinjaValue Value(JsonElement element, int depth)
    {
        if (depth > DepthLimit)
            throw PythonFault.TooMuch($"JSON of more than {DepthLimit} levels");

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                JinjaDict members = new(element.GetPropertyCount());
                foreach (JsonProperty member in element.EnumerateObject())
                    members.Set(Name(member), Value(member.Value, depth + 1));
                return JinjaValue.Dict(members);
            case JsonValueKind.Array:
                JinjaValue[] items = new JinjaValue[element.GetArrayLength()];
                int count = 0;
                foreach (JsonElement item in element.EnumerateArray())
                    items[count++] = Value(item, depth + 1);
                return JinjaValue.List(items);
            case JsonValueKind.String:
                return Text(element);
            case JsonValueKind.Number:
                return Number(element);
            case JsonValueKind.True or JsonValueKind.False:
                return element.ValueKind == JsonValueKind.True;
            default:
                return JinjaValue.None;
        }
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw PythonFault.Value("a string has half of a surrogate pair");
        }
    }

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw PythonFault.Value("a member's name has half of a surrogate pair");
        }
    }

    private static JinjaValue Number(JsonElement element)
    {
        if (element.TryGetInt64(out long small))
            return small;

        string text = element.GetRawText();
        if (text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0)
            return double.Parse(text, CultureInfo.InvariantCulture);

        return text.Length <= PythonNumbers.DigitLimit ? JinjaValue.Of(BigInteger.Parse(text, CultureInfo.InvariantCulture))
            : throw PythonFault.Value($"an integer has more than {PythonNumbers.DigitLimit} digits");
    }
}
