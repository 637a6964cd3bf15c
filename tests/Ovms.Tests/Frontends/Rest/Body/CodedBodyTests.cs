using Microsoft.AspNetCore.Http;
using Ovms.Frontends;
using Ovms.Frontends.Rest.Body;
using Ovms.Serving.Signatures;
using Ovms.Status;

namespace Ovms.Tests.Frontends.Rest.Body;

public sealed class CodedBodyTests
{
    [Test]
    public async Task CodingThatIsNotSupported_DisposesTheDocument()
    {
        DefaultHttpContext context = new();
        context.Request.Headers.ContentEncoding = "br";
        using Document document = new();
        BodyBounds bounds = new(1 << 20, new MemoryShare(), ArrivalTimes.Unlimited, CancellationToken.None);

        Outcome<Document> read = await CodedBody.ReadAsync(
            context.Request, document, new Signature([], []), bounds, static _ => throw new InvalidOperationException("Nothing is to be parsed."));

        await Assert.That(read.WithoutValue.Code).IsEqualTo(Ovms.Status.StatusCode.RestUnsupportedEncoding);
        await Assert.That(document.IsDisposed).IsTrue();
    }

    private sealed class Document : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
