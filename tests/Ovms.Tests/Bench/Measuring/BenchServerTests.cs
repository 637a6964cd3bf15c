using System.Net;
using Ovms.Bench.Measuring;

namespace Ovms.Tests.Bench.Measuring;

public sealed class BenchServerTests
{
    [Test]
    public async Task QuestionWithoutAnAnswerInTime_IsAskedAgain()
    {
        using Answers answers = new(
            static () => throw new TaskCanceledException("The request was canceled due to the configured HttpClient.Timeout"),
            static () => throw new HttpRequestException("Connection refused"),
            static () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
            static () => new HttpResponseMessage(HttpStatusCode.OK));
        using HttpClient http = new(answers) { BaseAddress = new Uri("http://server") };
        await Assert.That(await BenchServer.IsReadyAsync(http, static () => false, TimeSpan.FromMinutes(10), CancellationToken.None)).IsTrue();
        await Assert.That(answers.Left).IsEqualTo(0);
    }

    [Test]
    public async Task ServerThatEnds_IsNotAskedAnyMore()
    {
        bool hasEnded = false;
        using Answers answers = new(() =>
        {
            hasEnded = true;
            throw new HttpRequestException("Connection refused");
        });
        using HttpClient http = new(answers) { BaseAddress = new Uri("http://server") };
        await Assert.That(await BenchServer.IsReadyAsync(http, () => hasEnded, TimeSpan.FromMinutes(10), CancellationToken.None)).IsFalse();
    }

    private sealed class Answers(params Func<HttpResponseMessage>[] all) : HttpMessageHandler
    {
        private readonly Queue<Func<HttpResponseMessage>> _left = new(all);

        public int Left => _left.Count;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(_left.Dequeue()());
    }
}
