using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Whatever bytes come over REST: the caller is told what is wrong with them, and the server goes on.</summary>
public sealed class RestFaultTests
{
    private const string Good = """{"id":"x","inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}""";
    private const string Infer = "POST /v2/models/dummy/infer";

    [Test]
    public async Task BrokenFraming_IsTheCallersFault()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        byte[] good = Encoding.UTF8.GetBytes(Good);
        (string Line, string Headers, byte[] Body, int Expected)[] faults =
        [
            (Infer, "Content-Length: -1\r\n", good, 400),
            (Infer, "Content-Length: many\r\n", good, 400),
            (Infer, "Content-Length: 99999999999999999999\r\n", good, 400),
            (Infer, $"Content-Length: {good.Length}\r\nContent-Length: 3\r\n", good, 400),
            (Infer, "Content-Length: 2147483648\r\n", [], 413),
            (Infer, "Connection: close\r\nContent-Length: 10\r\n", good, 400),
            (Infer, "Connection: close\r\n", [], 400),
            (Infer, "Transfer-Encoding: gzip\r\n", good, 400),
            (Infer, "Connection: close\r\nTransfer-Encoding: chunked\r\n", "zz\r\n"u8.ToArray(), 400),
            (Infer, "Connection: close\r\nTransfer-Encoding: chunked\r\n", "-1\r\n"u8.ToArray(), 400),
            (Infer, "Connection: close\r\nTransfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"u8.ToArray(), 400),
            (Infer, $"Connection: close\r\nContent-Encoding: br\r\nContent-Length: {good.Length}\r\n", good, 415),
            (Infer, $"Connection: close\r\nContent-Encoding: gzip\r\nContent-Length: {good.Length}\r\n", good, 400),
            ("GET /v2/models/dummy/infer", "Connection: close\r\n", [], 405),
            ("PUT /v2/models/dummy/infer", "Connection: close\r\n", [], 405),
            ("DELETE /v2", "Connection: close\r\n", [], 405),
            ("POST /v2/health/live", "Connection: close\r\nContent-Length: 0\r\n", [], 405),
            ("GET /v2/models/../models/dummy", "Connection: close\r\n", [], 404),
            ("GET /v2/models/..%2f..%2fetc%2fpasswd", "Connection: close\r\n", [], 404),
            ("GET /v2/models/dummy%00", "Connection: close\r\n", [], 400),
            ("GET /v2/models/%ff", "Connection: close\r\n", [], 404),
            ("GET /v2/models/dummy/versions/-1", "Connection: close\r\n", [], 400),
            ("GET /v2/models/dummy/versions/99999999999999999999", "Connection: close\r\n", [], 400),
            ($"GET /{new string('a', 9000)}", "Connection: close\r\n", [], 414),
            ("GET /v2", $"A: {new string('a', 40_000)}\r\n", [], 431),
            ("GET /v2", "Host: another\r\n", [], 400),
        ];
        foreach ((string line, string headers, byte[] body, int expected) in faults)
        {
            string answer = await RawHttp.ExchangeAsync(server.RestPort, RawHttp.Request(line, headers, body));
            await Assert.That(RawHttp.Status(answer)).IsEqualTo(expected).Because($"{line} {headers}\n{answer}");
            ExpectSentence(RawHttp.Body(answer));
        }

        await ExpectUnharmedAsync(server);
    }

    [Test]
    public async Task Pipelining_AnswersInOrderAlsoAfterFaults()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        byte[] good = Encoding.UTF8.GetBytes(Good);
        byte[] pipeline =
        [
            .. RawHttp.Request(Infer, $"Content-Length: {good.Length}\r\n", good),
            .. RawHttp.Request(Infer, "Content-Length: 3\r\n", "{}x"u8.ToArray()),
            .. RawHttp.Request("POST /nowhere", "Content-Length: 5\r\n", "abcde"u8.ToArray()),
            .. RawHttp.Request("GET /v2", "Content-Length: 5\r\n", "abcde"u8.ToArray()),
            .. RawHttp.Request(Infer, $"Connection: close\r\nContent-Length: {good.Length}\r\n", good),
        ];
        string answers = await RawHttp.ExchangeAsync(server.RestPort, pipeline);
        int[] statuses = [.. answers.Split("HTTP/1.1 ")[1..].Select(static answer => int.Parse(answer.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture))];
        await Assert.That(string.Join(' ', statuses)).IsEqualTo("200 400 404 200 200");
    }

    [Test]
    public async Task LyingBinaryLengths_AreTheCallersFault()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        byte[] tensor = new byte[40];
        foreach (string size in new[] { "39", "41", "0", "-1", "1.5", "\"40\"", "null", "9223372036854775807", "9223372036854775808", "1073741825" })
        {
            byte[] json = Encoding.UTF8.GetBytes($$$"""{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"binary_data_size":{{{size}}}}}]}""");
            await ExpectAsync(json, $"{json.Length}", size);
        }

        byte[] right = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"binary_data_size":40}}]}"""u8.ToArray();
        foreach (string length in new[] { "", "-1", "x", "1", $"{right.Length - 1}", $"{right.Length + 1}", "99999", "99999999999999999999", $"{right.Length}.0" })
        {
            await ExpectAsync(right, length, length);
        }

        await ExpectUnharmedAsync(server);

        async Task ExpectAsync(byte[] json, string length, string what)
        {
            string answer = await RawHttp.ExchangeAsync(
                server.RestPort,
                RawHttp.Request(Infer, $"Connection: close\r\nContent-Length: {json.Length + tensor.Length}\r\nInference-Header-Content-Length: {length}\r\n", [.. json, .. tensor]));
            await Assert.That(RawHttp.Status(answer)).IsEqualTo(400).Because($"{what}\n{answer}");
            ExpectSentence(RawHttp.Body(answer));
        }
    }

    [Test]
    [Arguments("""{"id":"LONG","inputs":[]}""", "id")]
    [Arguments("""{"inputs":[{"name":"LONG"}]}""", "inputs[0].name")]
    [Arguments("""{"inputs":[{"datatype":"LONG"}]}""", "inputs[0].datatype")]
    [Arguments("""{"inputs":[],"outputs":[{"name":"LONG"}]}""", "outputs[0].name")]
    public async Task TextThatIsTooLong_IsNamed(string body, string path)
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dummy/infer", new StringContent(body.Replace("LONG", new string('n', 70_000), StringComparison.Ordinal)));
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.BadRequest);
        string text = await answer.Content.ReadAsStringAsync();
        await Assert.That(text).Contains($"{path}; Expected: at most 65536 bytes; Actual: 70000 bytes");
    }

    [Test]
    public async Task ChangedDocuments_AreAnsweredOrRefused()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        byte[] good = Encoding.UTF8.GetBytes(Good);
        string[] scraps = ["\"", "\\", "\\ud800", "[", "]", "{", "}", ",", ":", "null", "1e999", "-0", "NaN", "9223372036854775808", "1.5", "\0", "\u00ff", "\"data\":[]", "\"FP64\"", "\"BYTES\""];
        Random random = new(21);
        for (int round = 0; round < 1500; round++)
        {
            List<byte> bytes = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(bytes.Count);
                if (random.Next(3) == 0)
                {
                    bytes.RemoveRange(at, random.Next(1, Math.Min(12, bytes.Count - at + 1)));
                }
                else
                {
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(scraps[random.Next(scraps.Length)]));
                }
            }

            using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dummy/infer", new ByteArrayContent([.. bytes]));
            await Assert.That(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest).IsTrue().Because($"{answer.StatusCode} {Encoding.Latin1.GetString([.. bytes])}");
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                ExpectSentence(await answer.Content.ReadAsStringAsync());
            }
        }

        await ExpectUnharmedAsync(server);
    }

    [Test]
    public async Task BodyThatGrowsWhenUnpacked_IsRefusedAtTheLimit()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        byte[] json = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","parameters":{"binary_data_size":40}}]}"""u8.ToArray();
        using MemoryStream packed = new();
        await using (GZipStream stream = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            // A tensor of 200 MB where 40 bytes are said to be: it must be left in its packed form.
            await stream.WriteAsync(json);
            await stream.WriteAsync(new byte[200 << 20]);
        }

        using ByteArrayContent content = new(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        content.Headers.Add("Inference-Header-Content-Length", $"{json.Length}");
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dummy/infer", content);
        await Assert.That(answer.StatusCode).IsEqualTo(HttpStatusCode.BadRequest).Because(await answer.Content.ReadAsStringAsync());
        await Assert.That(ProcessFacts.Peak(server.Process.Id)).IsLessThan(200);
    }

    // Faults of the protocol below are answered by the framework, with a status and nothing else.
    private static void ExpectSentence(string body)
    {
        if (body.Length > 0 && string.IsNullOrEmpty(JsonNode.Parse(body)?["error"]?.GetValue<string>()))
        {
            throw new InvalidOperationException($"No sentence: {body}");
        }
    }

    private static async Task ExpectUnharmedAsync(OvmsServer server)
    {
        using HttpResponseMessage answer = await server.Http.PostAsync("/v2/models/dummy/infer", new StringContent(Good));
        await Assert.That(await answer.Content.ReadAsStringAsync()).Contains("[1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.0,9.0,10.0]");
        await Assert.That(server.Process.Output).DoesNotContain("[error]");
    }
}
