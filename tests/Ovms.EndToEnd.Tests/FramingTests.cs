using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>Requests that a proxy before the server may cut otherwise, and requests that no route sees: refused, and with a sentence.</summary>
public sealed class FramingTests
{
    private const string Body = """{"inputs":[{"name":"b","shape":[1,10],"datatype":"FP32","data":[0,1,2,3,4,5,6,7,8,9]}]}""";

    [Test]
    public async Task WhatCanBeReadInTwoWays_IsRefused()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        string chunked = $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n";
        (string Request, string Words)[] faults =
        [
            ($"POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nContent-Length: +{Body.Length}\r\n\r\n{Body}", "digits alone"),
            ($"POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\ncontent-length:\t+{Body.Length}\r\n\r\n{Body}", "digits alone"),
            ($"POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{chunked}", "Expected: chunked"),
            ($"POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}", "Expected: chunked"),
            ($"POST /v2/models/dummy/infer HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}", "none in HTTP/1.0"),
            ($"GET /v2/health/live HTTP/1.1\nHost: x\n\n", "LF alone"),
            ($"GET /v2/health/live HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", "LF alone"),
        ];
        foreach ((string request, string words) in faults)
        {
            string answer = await RawHttp.ExchangeAsync(server.RestPort, Encoding.Latin1.GetBytes(request));
            await Assert.That(RawHttp.Status(answer)).IsEqualTo(400).Because($"{request}\n{answer}");
            await Assert.That(Sentence(answer)).Contains(words);
        }

        // The second request of a connection is looked at as the first one is.
        string two = await RawHttp.ExchangeAsync(server.RestPort, Encoding.Latin1.GetBytes($"GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n{faults[0].Request}"));
        await Assert.That(two).Contains("HTTP/1.1 200").And.Contains("HTTP/1.1 400");
        string good = await RawHttp.ExchangeAsync(
            server.RestPort, Encoding.Latin1.GetBytes($"POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nA: 1+1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}"));
        await Assert.That(RawHttp.Status(good)).IsEqualTo(200);
    }

    [Test]
    public async Task RequestsThatNoRouteSees_AreToldWhatIsWrong()
    {
        await using OvmsServer server = await OvmsServer.StartAsync(Repo.Model("dummy"), "dummy");
        Random random = new(11);
        string good = $"POST /v2/models/dummy/infer HTTP/1.1\r\nHost: x\r\nContent-Length: {Body.Length}\r\nContent-Type: application/json\r\n\r\n{Body}";
        int head = good.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        string[] scraps = ["\0", "\r", "\n", "\r\n", " ", ":", "\t", "HTTP/1.1", "HTTP/3.0", "%", "\u00ff", "Content-Length: 1\r\n", "Host: y\r\n", "Expect: x\r\n", "Upgrade: h2c\r\n", "Transfer-Encoding: x\r\n", "?", "#", "//"];
        int refused = 0;
        for (int round = 0; round < 400; round++)
        {
            StringBuilder request = new(good);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                request.Insert(random.Next(head), scraps[random.Next(scraps.Length)]);
            }

            using Socket socket = await RawHttp.ConnectAsync(server.RestPort);

            // A second request ends the connection, if the first one does not.
            await RawHttp.SendAsync(socket, Encoding.Latin1.GetBytes($"{request}GET /v2/health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n\r\n\r\n"));
            string answer = await RawHttp.ReadToEndAsync(socket);
            if (RawHttp.Status(answer) >= 400)
            {
                refused++;
                await Assert.That(Sentence(answer)).IsNotEmpty().Because($"{request}\n{answer}");
            }
        }

        await Assert.That(refused).IsGreaterThan(100);
        await Assert.That(server.Process.Output).DoesNotContain("[error]");
    }

    // Of the first answer: its body has the length that its headers say.
    private static string Sentence(string answer)
    {
        string length = answer.Split("\r\n").First(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))["Content-Length: ".Length..];
        string body = RawHttp.Body(answer)[..int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
        return body.Length == 0 ? "" : JsonNode.Parse(body)!["error"]!.GetValue<string>();
    }
}
