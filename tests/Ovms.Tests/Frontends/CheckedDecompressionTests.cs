using System.IO.Compression;
using Ovms.Frontends;

namespace Ovms.Tests.Frontends;

public sealed class CheckedDecompressionTests
{
    private static readonly byte[] s_plain = [.. Enumerable.Range(0, 100_000).Select(static i => (byte)(i * i >> 5))];

    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task WholeData_ComesAsItWas(bool isGzip)
    {
        foreach (byte[] plain in (byte[][])[s_plain, [], [1]])
        {
            await Assert.That(Read(Pack(plain, isGzip), isGzip).SequenceEqual(plain)).IsTrue();
            await Assert.That((await ReadAsync(Pack(plain, isGzip), isGzip)).SequenceEqual(plain)).IsTrue();
        }
    }

    // Each length is data that breaks off, also right behind the last plain byte.
    [Test]
    [Arguments(true)]
    [Arguments(false)]
    public async Task DataThatBreaksOff_IsRejected(bool isGzip)
    {
        byte[] packed = Pack(s_plain[..500], isGzip);
        for (int length = 0; length < packed.Length; length++)
        {
            byte[] cut = packed[..length];
            await Assert.That(() => { Read(cut, isGzip); }).Throws<InvalidDataException>();
            await Assert.That(async () => await ReadAsync(cut, isGzip)).Throws<InvalidDataException>();
        }
    }

    [Test]
    [Arguments(true, 1)]
    [Arguments(true, 8)]
    [Arguments(true, 100_000)]
    [Arguments(false, 1)]
    [Arguments(false, 100_000)]
    public async Task BytesBehindTheEnd_AreRejected(bool isGzip, int count)
    {
        byte[] more = [.. Pack(s_plain, isGzip), .. Enumerable.Repeat((byte)7, count)];
        await Assert.That(() => { Read(more, isGzip); }).Throws<InvalidDataException>();
    }

    // The second byte of zlib data says that a dictionary is needed.
    [Test]
    [Arguments(true, "H4sIAAAAAAAA//////8=", "not gzip, or it is damaged")]
    [Arguments(true, "AAAA", "not gzip, or it is damaged")]
    [Arguments(false, "AAAA", "not zlib, or it is damaged")]
    [Arguments(false, "eLsAAAABAwAAAAAB", "wants a dictionary")]
    public async Task DamagedData_IsRejectedInOwnWords(bool isGzip, string packed, string words)
    {
        byte[] bytes = Convert.FromBase64String(packed);
        InvalidDataException? rejected = Assert.Throws<InvalidDataException>(() => { Read(bytes, isGzip); });
        await Assert.That(rejected!.Message).Contains(words);
        await Assert.That((await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(bytes, isGzip)))!.Message).Contains(words);
    }

    // A caller who goes away has not sent damaged data.
    [Test]
    public async Task SourceThatFails_FailsAsItDoes()
    {
        using Stream stream = CheckedDecompression.Gzip(new BrokenSource());
        IOException? failure = Assert.Throws<IOException>(() => stream.ReadByte());
        await Assert.That(failure!.Message).IsEqualTo("gone");
    }

    private sealed class BrokenSource : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("gone");

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("gone");
    }

    private static byte[] Pack(byte[] plain, bool isGzip)
    {
        using MemoryStream packed = new();
        using (Stream packing = isGzip ? new GZipStream(packed, CompressionLevel.Fastest) : new ZLibStream(packed, CompressionLevel.Fastest))
        {
            packing.Write(plain);
        }

        return plain.Length > 0 ? packed.ToArray() : isGzip ? [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0] : [0x78, 0x9c, 3, 0, 0, 0, 0, 1];
    }

    private static byte[] Read(byte[] packed, bool isGzip)
    {
        using Stream stream = Open(packed, isGzip);
        using MemoryStream plain = new();
        stream.CopyTo(plain, 777);
        return plain.ToArray();
    }

    private static async Task<byte[]> ReadAsync(byte[] packed, bool isGzip)
    {
        await using Stream stream = Open(packed, isGzip);
        using MemoryStream plain = new();
        await stream.CopyToAsync(plain, 777);
        return plain.ToArray();
    }

    private static Stream Open(byte[] packed, bool isGzip) => isGzip ? CheckedDecompression.Gzip(new MemoryStream(packed)) : CheckedDecompression.ZLib(new MemoryStream(packed));
}
