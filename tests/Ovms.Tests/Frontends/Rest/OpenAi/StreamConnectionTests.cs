using Microsoft.AspNetCore.Http;
using Ovms.Frontends.Rest.OpenAi;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>Whether an event stream promises to keep the connection.</summary>
public class StreamConnectionTests
{
    [Test]
    [Arguments("HTTP/1.1", "", true)]
    [Arguments("HTTP/1.1", "keep-alive", true)]
    [Arguments("HTTP/1.1", "Close", false)]
    [Arguments("HTTP/1.0", "", false)]
    [Arguments("HTTP/1.0", "keep-alive", false)]
    public async Task Stream_PromisesItOnlyIfItIsKept(string protocol, string connection, bool stays)
    {
        DefaultHttpContext context = new();
        context.Request.Protocol = protocol;
        context.Request.Headers.Connection = connection;
        await Assert.That(EventStream.StaysOpen(context.Request)).IsEqualTo(stays);
    }
}
