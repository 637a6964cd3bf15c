using System.Buffers;
using System.IO.Compression;
using Ovms.Frontends.Rest.Body;
using Ovms.Tensors;

namespace Ovms.Tests.Frontends.Rest.Body;

internal sealed class AnswerCodingTests
{
    [Test]
    [Arguments("gzip", 5000, "gzip")]
    [Arguments("deflate", 5000, "deflate")]
    [Arguments("gzip", 100, null)]
    [Arguments("", 5000, null)]
    [Arguments("gzip, deflate", 5000, null)]
    [Arguments("br", 5000, null)]
    [Arguments("gzip;q=0", 5000, null)]
    public async Task Coding_IsTheOneAskedFor(string accept, int length, string? coding) => await Assert.That(AnswerCoding.Choose(accept, length)).IsEqualTo(coding);

    [Test]
    [Arguments("gzip")]
    [Arguments("deflate")]
    public async Task Compressed_ComesBackTheSame(string coding)
    {
        byte[] plain = new byte[200_000];
        new Random(5).NextBytes(plain.AsSpan(0, 100_000));
        using NativeBuffer body = new();
        body.Write(plain);
        using NativeBuffer packed = AnswerCoding.Compress(body, coding);
        MemoryStream source = new(packed.Bytes.ToArray());
        using Stream unpack = coding == "gzip" ? new GZipStream(source, CompressionMode.Decompress) : new ZLibStream(source, CompressionMode.Decompress);
        MemoryStream result = new();
        await unpack.CopyToAsync(result);
        await Assert.That(result.ToArray().AsSpan().SequenceEqual(plain)).IsTrue();
        await Assert.That(packed.Length).IsLessThan(150_000);
    }
}
