using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Ovms.Tests.Observability;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A published binary with a language model, and calls of its OpenAI API. A class of tests loads a model once.</summary>
/// <param name="server">The server.</param>
/// <param name="model">The model that requests name.</param>
internal sealed class LanguageServer(OvmsServer server, string model) : IAsyncDisposable
{
    /// <summary>Plugin properties under which answers are comparable token for token.</summary>
    public const string Exact =
        """{"INFERENCE_PRECISION_HINT":"f32","KV_CACHE_PRECISION":"f32","DYNAMIC_QUANTIZATION_GROUP_SIZE":"0"}""";

    /// <summary>The name and folder of the small model that most tests use.</summary>
    public const string Small = "llama";

    /// <summary>The server.</summary>
    public OvmsServer Server => server;

    /// <summary>The folder of the small model, random weights and a vocabulary of 1,500 tokens; skips the test where it is not at hand.</summary>
    public static string SmallFolder => Repo.SharedOrSkip("models", "families", Small);

    /// <summary>The folder of the trained model; skips the test where it is not at hand.</summary>
    public static string TrainedFolder => Repo.SharedOrSkip("models", "smollm2_135m");

    /// <summary>A server for a class of tests, which starts with the first of them.</summary>
    public static Lazy<Task<LanguageServer>> Shared(Func<string> folder, params string[] more) => new(() => StartAsync(folder(), more));

    /// <summary>Ends a server for a class of tests, if one was started.</summary>
    public static async Task StopAsync(Lazy<Task<LanguageServer>> shared)
    {
        if (shared.IsValueCreated && shared.Value.IsCompletedSuccessfully)
        {
            await shared.Value.Result.DisposeAsync();
        }
    }

    /// <summary>Serves a folder as people do, without a name and a task, at exact properties.</summary>
    public static async Task<LanguageServer> StartAsync(string folder, params string[] more)
    {
        OvmsServer server = await OvmsServer.StartSlowAsync("Ready after", OvmsProcess.Patience * 4, ["--model_path", folder, "--plugin_config", Exact, "--metrics_enable", .. more]);
        return new LanguageServer(server, Path.GetFileName(folder));
    }

    /// <summary>Sends a request.</summary>
    /// <param name="path">What follows /v3/.</param>
    /// <param name="fields">The members of the body beside the model.</param>
    /// <param name="end">Ends the call.</param>
    public async Task<HttpResponseMessage> SendAsync(string path, string fields, CancellationToken end = default)
    {
        string body = $$"""{"model":{{JsonSerializer.Serialize(model)}},{{fields}}}""";
        using HttpRequestMessage request = new(HttpMethod.Post, $"/v3/{path}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end);
    }

    /// <summary>The answer to a request that must succeed.</summary>
    public async Task<JsonElement> AnswerAsync(string path, string fields)
    {
        using HttpResponseMessage answer = await SendAsync(path, fields);
        string text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.OK
            ? JsonPath.Parse(text)
            : throw new InvalidOperationException($"{path} {fields}: {(int)answer.StatusCode} {text}");
    }

    /// <summary>The status and the error text of a request that must fail.</summary>
    public async Task<(int Status, string Error)> RefusalAsync(string path, string fields)
    {
        using HttpResponseMessage answer = await SendAsync(path, fields);
        string text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, answer.IsSuccessStatusCode ? text : JsonPath.Parse(text).Text("error") ?? text);
    }

    /// <summary>The text of token ids, with that of special tokens.</summary>
    public async Task<string> TextOfAsync(IEnumerable<int> ids) =>
        (await AnswerAsync("detokenize", $"\"tokens\":[{string.Join(',', ids)}]")).Text("prompt")!;

    /// <summary>Reads a stream to its end.</summary>
    public async Task<LanguageStream> StreamAsync(string path, string fields)
    {
        using HttpResponseMessage answer = await SendAsync(path, $"\"stream\":true,{fields}");
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        return await LanguageStream.ReadAsync(answer, body);
    }

    /// <summary>The events of a stream, one after the other as they arrive.</summary>
    public static IAsyncEnumerable<SseItem<string>> EventsAsync(Stream body, CancellationToken end = default) =>
        SseParser.Create(body).EnumerateAsync(end);

    /// <summary>The value of a metric of a language model.</summary>
    /// <param name="name">What follows <c>ovms_generation_</c>.</param>
    /// <param name="state">The label state; empty for none.</param>
    public async Task<double> MetricAsync(string name, string state = "")
    {
        string labels = state.Length == 0 ? "" : $"state=\"{state}\",";
        Exposition metrics = Exposition.Parse(await server.Http.GetStringAsync("/metrics"));
        return metrics[$"ovms_generation_{name}{{name=\"{model}\",{labels}version=\"1\"}}"];
    }

    /// <summary>Waits for a metric of a language model.</summary>
    public async Task UntilAsync(string name, string state, Func<double, bool> isReached)
    {
        using CancellationTokenSource patience = new(OvmsProcess.Patience);
        while (!isReached(await MetricAsync(name, state)))
        {
            await Task.Delay(20, patience.Token);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => server.DisposeAsync();
}
