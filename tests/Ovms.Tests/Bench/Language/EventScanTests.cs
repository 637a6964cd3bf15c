using System.Text;
using Ovms.Bench.Language;

namespace Ovms.Tests.Bench.Language;

public sealed class EventScanTests
{
    private const string Begin = "16\r\ndata: {\"choices\":[{\"text\":\"\"}]}\n\n\r\n";
    private const string Word = "19\r\ndata: {\"choices\":[{\"text\":\"sea\"}]}\n\n\r\n";
    private const string End = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

    [Test]
    public async Task EventsWithText_AreCounted_HoweverTheBytesArrive()
    {
        byte[] answer = Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Begin + Word + Word + End);
        EventScan scan = default;
        int counted = 0;
        for (int end = 1; end < answer.Length; end++)
        {
            counted += scan.Read(answer.AsSpan(0, end));
            await Assert.That(scan.HasEnded).IsFalse();
        }

        counted += scan.Read(answer);
        await Assert.That(counted).IsEqualTo(2);
        await Assert.That(scan.Events).IsEqualTo(2);
        await Assert.That(scan.HasEnded).IsTrue();
        await Assert.That(scan.IsWhole).IsTrue();
    }

    [Test]
    [Arguments("error")]
    [Arguments("data: {\\\"error\\\":{}}")]
    public async Task TextThatLooksLikeAFailure_IsText(string escaped)
    {
        string word = "19\r\ndata: {\"choices\":[{\"text\":\"" + escaped + "\"}]}\n\n\r\n";
        EventScan scan = default;
        scan.Read(Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\n\r\n" + word + Word + End));
        await Assert.That((scan.Events, scan.IsWhole)).IsEqualTo((2, true));
    }

    [Test]
    [Arguments("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}")]
    [Arguments("HTTP/1.1 200 OK\r\n\r\n" + Word + "20\r\ndata: {\"error\":{\"message\":\"x\"}}\n\n\r\n" + End)]
    [Arguments("HTTP/1.1 200 OK\r\n\r\n" + Word + "0\r\n\r\n")]
    public async Task Failures_AreNoAnswers(string text)
    {
        EventScan scan = default;
        scan.Read(Encoding.UTF8.GetBytes(text));
        await Assert.That(scan.HasEnded).IsTrue();
        await Assert.That(scan.IsWhole).IsFalse();
    }
}
