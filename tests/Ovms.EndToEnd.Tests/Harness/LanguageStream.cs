using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A stream that was read to its end by .NET's parser of server-sent events.</summary>
/// <param name="Head">Status and headers.</param>
/// <param name="Chunks">The events, without the last one.</param>
/// <param name="IsDone">Whether the last event was [DONE].</param>
internal sealed record LanguageStream(HttpResponseMessage Head, IReadOnlyList<JsonElement> Chunks, bool IsDone)
{
    /// <summary>Reads a body to its end.</summary>
    public static async Task<LanguageStream> ReadAsync(HttpResponseMessage head, Stream body)
    {
        List<JsonElement> chunks = [];
        bool isDone = false;
        await foreach (SseItem<string> item in LanguageServer.EventsAsync(body))
        {
            if (isDone)
            {
                throw new InvalidOperationException($"An event came after [DONE]: {item.Data}");
            }

            isDone = item.Data == "[DONE]";
            if (!isDone)
            {
                chunks.Add(JsonPath.Parse(item.Data));
            }
        }

        return new LanguageStream(head, chunks, isDone);
    }

    /// <summary>The parts of one choice, in order.</summary>
    public IEnumerable<JsonElement> Of(int choice) => Chunks.Where(static chunk => chunk.At("choices.0").ValueKind == JsonValueKind.Object)
        .Select(static chunk => chunk.At("choices.0"))
        .Where(part => part.At("index").GetInt32() == choice);

    /// <summary>The text of one choice.</summary>
    public string Text(int choice = 0) => string.Concat(Of(choice).Select(static part => part.Text("delta.content") ?? part.Text("text")));

    /// <summary>How one choice ended.</summary>
    public string? Finish(int choice = 0) => Of(choice).Select(static part => part.Text("finish_reason")).LastOrDefault();
}
