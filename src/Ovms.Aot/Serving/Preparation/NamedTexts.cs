using System.Collections.Immutable;
using System.Text.Json;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>Parses settings by port name: a JSON object of port name → text.</summary>
internal static class NamedTexts
{
    /// <summary>Whether a text is such an object, and not one setting for the only port.</summary>
    public static bool Is(string text) => text.AsSpan().TrimStart().StartsWith('{');

    /// <summary>Parses the object. Duplicate names are rejected.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="code">The status code of a fault.</param>
    public static Outcome<ImmutableArray<KeyValuePair<string, string>>> Parse(string text, StatusCode code)
    {
        try
        {
            JsonDocumentOptions options = new() { MaxDepth = 4, AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(text, options);
            ImmutableArray<KeyValuePair<string, string>>.Builder pairs =
                ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.String)
                {
                    return Outcome.Fail(code, $"Port {property.Name} - Expected: a string; Actual: {property.Value.GetRawText()}.");
                }

                pairs.Add(new(property.Name, property.Value.GetString()!));
            }

            return pairs.Count > 0
                ? pairs.ToImmutable()
                : Outcome.Fail(code, "The JSON object names no port.");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return Outcome.Fail(code, $"Expected a JSON object of port name and text ({failure.Message.TrimEnd('.')}); Actual: {text}");
        }
    }
}
