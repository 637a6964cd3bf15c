using System.Buffers;
using System.Text;
using Ovms.Frontends.Rest.Body;
using Ovms.Tests.Wire;

namespace Ovms.Tests.Frontends.Rest.Body;

public sealed class SignedLengthTests
{
    [Test]
    [Arguments("POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n", true)]
    [Arguments("POST / HTTP/1.1\r\ncontent-LENGTH:\t +5\r\nA: b\r\n\r\n", true)]
    [Arguments("Content-Length:+5\r\n", true)]
    [Arguments("POST /+ HTTP/1.1\r\nAccept: a+json\r\nContent-Length: 5\r\n\r\n+++++", false)]
    [Arguments("POST / HTTP/1.1\r\nA: Content-Length: +5\r\nX-Content-Length: +5\r\n\r\n", false)]
    [Arguments("POST / HTTP/1.1\r\nContent-Length: 21\r\n\r\nContent-Length: +5\r\n\r\n", false)]
    public async Task Signs_AreFoundInHeadersAndNowhereElse(string text, bool expected)
    {
        byte[] whole = Encoding.ASCII.GetBytes(text);
        await Assert.That(SignedLength.Refuse(new ReadOnlySequence<byte>(whole))).IsEqualTo(expected);
        await Assert.That(Encoding.ASCII.GetString(whole)).IsEqualTo(expected ? text.Replace('+', '?') : text);
        for (int cut = 1; cut < text.Length; cut++)
        {
            await Assert.That(SignedLength.Refuse(Segments.Of(Encoding.ASCII.GetBytes(text), cut))).IsEqualTo(expected).Because($"in pieces of {cut}");
        }
    }
}
