#:property PublishAot=false

// A client of its own, with nothing of the server in it: sends one message to a language model over the OpenAI API and prints the answer as
// it comes.
//   dotnet run demo/Chat.cs -- http://127.0.0.1:8000 smollm2 "What is the capital of France?"
using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

if (args.Length != 3)
{
    Console.Error.WriteLine("usage: Chat SERVER_URL MODEL MESSAGE");
    return 64;
}

string body = $$$"""
    {"model":{{{Quoted(args[1])}}},"messages":[{"role":"user","content":{{{Quoted(args[2])}}} }],"temperature":0,"max_tokens":256,
    "stream":true,"stream_options":{"include_usage":true}}
    """;
using HttpClient client = new() { BaseAddress = new Uri(args[0]), Timeout = Timeout.InfiniteTimeSpan };
using HttpRequestMessage request = new(HttpMethod.Post, "/v3/chat/completions");
request.Content = new StringContent(body, Encoding.UTF8, "application/json");

Stopwatch clock = Stopwatch.StartNew();
using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
if (!answer.IsSuccessStatusCode)
{
    Console.Error.WriteLine($"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    return 1;
}

double first = 0;
int tokens = 0;
await foreach (SseItem<string> item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
{
    if (item.Data == "[DONE]")
    {
        break;
    }

    using JsonDocument chunk = JsonDocument.Parse(item.Data);
    if (chunk.RootElement.TryGetProperty("error", out JsonElement error))
    {
        Console.Error.WriteLine(error.GetRawText());
        return 1;
    }

    first = first == 0 ? clock.Elapsed.TotalMilliseconds : first;
    foreach (JsonElement choice in chunk.RootElement.GetProperty("choices").EnumerateArray())
    {
        if (choice.GetProperty("delta").TryGetProperty("content", out JsonElement text))
        {
            Console.Write(text.GetString());
        }
    }

    if (chunk.RootElement.GetProperty("usage") is { ValueKind: JsonValueKind.Object } usage)
    {
        tokens = usage.GetProperty("completion_tokens").GetInt32();
    }
}

Console.WriteLine();
Console.WriteLine(FormattableString.Invariant(
    $"{tokens} tokens, the first one after {first:F0} ms, all after {clock.Elapsed.TotalMilliseconds:F0} ms."));
return 0;

static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
