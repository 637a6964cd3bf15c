using System.Net.Sockets;
using System.Text;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Callers that do not read their answers: each limit alone, because one would end the call of the other.</summary>
public sealed class LanguageUnreadTests
{
    private const int MostUnread = 1 << 20;
    private const string Sampled = """ "prompt":"The licence","ignore_eos":true,"temperature":1,"seed":1,"logprobs":20""";

    [Test]
    public async Task StreamBeyondTheUnreadLimit_IsCancelled()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(
            LanguageServer.SmallFolder, "--answer_stall_timeout_seconds", "0");
        using Socket caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await caller.ConnectAsync(System.Net.IPAddress.Loopback, server.Server.RestPort);

        // 20 answers of 2,000 tokens with 20 alternatives each: some 100 MiB of events.
        await caller.SendAsync(Request($"{Sampled},\"n\":20,\"max_tokens\":2000,\"stream\":true"));

        await server.UntilAsync("cancelled_total", "", static count => count == 1);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
        await Assert.That(await server.MetricAsync("completion_tokens_total")).IsLessThan(20 * 2000);
        await server.AnswerAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
    }

    // Some 300 KB of events: without a limit the system would take them all.
    [Test]
    public async Task SmallStreamOfACallerThatStalls_IsEnded()
    {
        await using LanguageServer server = await LanguageServer.StartAsync(
            LanguageServer.SmallFolder, "--answer_stall_timeout_seconds", "1");
        const string Fields = "\"prompt\":\"The licence\",\"ignore_eos\":true,\"n\":8,\"max_tokens\":500,\"stream\":true";
        using HttpResponseMessage read = await server.SendAsync("completions", Fields);
        await Assert.That((await read.Content.ReadAsByteArrayAsync()).Length).IsBetween(MostUnread / 4, MostUnread / 2);

        using Socket caller = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await caller.ConnectAsync(System.Net.IPAddress.Loopback, server.Server.RestPort);
        await caller.SendAsync(Request(Fields));

        string labels = $"api=\"V3\",interface=\"REST\",method=\"Stream\",name=\"{LanguageServer.Small}\",version=\"1\"";
        await Scrape.UntilAsync(server.Server, $"ovms_requests_fail{{{labels}}}", 1);
        await server.UntilAsync("kv_blocks", "used", static count => count == 0);
    }

    // A socket file buffers few bytes, so that what waits for the caller stays below the other limit.
    [Test]
    public async Task StreamAndWholeAnswerOfACallerThatStalls_AreEnded()
    {
        const string Fields = $"{Sampled},\"n\":10,\"max_tokens\":172";
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ovms-uds-");
        try
        {
            string path = Path.Combine(folder.FullName, "r");
            await using LanguageServer server = await LanguageServer.StartAsync(
                LanguageServer.SmallFolder, "--answer_stall_timeout_seconds", "1", "--rest_uds", path);
            foreach ((string method, string fields) in new[] { ("Stream", $"{Fields},\"stream\":true"), ("Unary", Fields) })
            {
                using HttpResponseMessage read = await server.SendAsync("completions", fields);
                int whole = (await read.Content.ReadAsByteArrayAsync()).Length;
                await Assert.That(whole).IsBetween(MostUnread * 2 / 5, MostUnread);

                using Socket caller = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveBufferSize = 4096 };
                await caller.ConnectAsync(new UnixDomainSocketEndPoint(path));
                await caller.SendAsync(Request(fields));
                string labels = $"api=\"V3\",interface=\"REST\",method=\"{method}\",name=\"{LanguageServer.Small}\",version=\"1\"";
                await Scrape.UntilAsync(server.Server, $"ovms_requests_fail{{{labels}}}", 1);

                // What the connection had buffered still comes, then its end.
                string came = await RawHttp.ReadToEndAsync(caller);
                await Assert.That(came).StartsWith("HTTP/1.1 200");
                await Assert.That(came.Length).IsLessThan(whole);
            }

            await server.AnswerAsync("completions", "\"prompt\":\"The\",\"max_tokens\":1");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] Request(string fields)
    {
        byte[] body = Encoding.UTF8.GetBytes($"{{\"model\":\"{LanguageServer.Small}\",{fields}}}");
        return RawHttp.Request("POST /v3/completions", $"Content-Length: {body.Length}\r\n", body);
    }
}
