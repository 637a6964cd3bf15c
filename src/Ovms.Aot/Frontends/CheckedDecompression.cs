using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Ovms.Frontends;

/// <summary>
/// Decompresses gzip or zlib data and rejects data that breaks off before its end or continues behind it. .NET's own streams treat both as
/// the end of the data: a message without its last fields would be accepted as a whole one.
/// </summary>
/// <remarks>Both formats end with a checksum of the plain bytes. Only one gzip member is accepted.</remarks>
internal sealed class CheckedDecompression : ReadOnlyStream
{
    private const int GzipTrailer = 8;
    private const int ZLibTrailer = 4;

    private readonly Crc32 _crc = new();
    private readonly bool _isGzip;
    private readonly TailStream _packed;
    private readonly Stream _plain;
    private Adler32 _adler = new();
    private uint _length;
    private bool _hasEnded;

    private CheckedDecompression(Stream packed, bool isGzip)
    {
        _isGzip = isGzip;
        _packed = new TailStream(packed, isGzip ? GzipTrailer : ZLibTrailer);
        _plain = isGzip ? new GZipStream(_packed, CompressionMode.Decompress) : new ZLibStream(_packed, CompressionMode.Decompress);
    }

    /// <summary>The plain bytes of gzip data.</summary>
    /// <param name="packed">Read to its end; disposed with the returned stream.</param>
    public static Stream Gzip(Stream packed) => new CheckedDecompression(packed, isGzip: true);

    /// <summary>The plain bytes of zlib data, which HTTP and gRPC call deflate.</summary>
    /// <inheritdoc cref="Gzip"/>
    public static Stream ZLib(Stream packed) => new CheckedDecompression(packed, isGzip: false);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is broken, breaks off, or continues behind its end.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read;
        try
        {
            read = _plain.Read(buffer);
        }
        catch (Exception broken) when (IsOfTheData(broken))
        {
            throw Damaged(broken);
        }

        Take(buffer[..read]);
        if (read == 0 && buffer.Length > 0 && !_hasEnded)
        {
            _packed.ReadToEnd();
            CheckEnd();
        }

        return read;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is broken, breaks off, or continues behind its end.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await _plain.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception broken) when (IsOfTheData(broken))
        {
            throw Damaged(broken);
        }

        Take(buffer.Span[..read]);
        if (read == 0 && buffer.Length > 0 && !_hasEnded)
        {
            await _packed.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            CheckEnd();
        }

        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
        }

        base.Dispose(disposing);
    }

    // .NET throws an IOException for zlib data that wants a dictionary; so do sources whose caller went away.
    private bool IsOfTheData(Exception broken) => broken is InvalidDataException or IOException && !_packed.HasFailed;

    private InvalidDataException Damaged(Exception broken) => new(
        broken is InvalidDataException
            ? $"The data is not {(_isGzip ? "gzip" : "zlib")}, or it is damaged."
            : "The data is damaged, or wants a dictionary, which the server does not have.",
        broken);

    private void Take(ReadOnlySpan<byte> plain)
    {
        _length += (uint)plain.Length;
        if (_isGzip)
        {
            _crc.Append(plain);
        }
        else
        {
            _adler.Append(plain);
        }
    }

    private void CheckEnd()
    {
        _hasEnded = true;
        ReadOnlySpan<byte> tail = _packed.Tail;
        bool isWhole = _isGzip
            ? tail.Length == GzipTrailer
                && BinaryPrimitives.ReadUInt32LittleEndian(tail) == _crc.GetCurrentHashAsUInt32()
                && BinaryPrimitives.ReadUInt32LittleEndian(tail[4..]) == _length
            : tail.Length == ZLibTrailer && BinaryPrimitives.ReadUInt32BigEndian(tail) == _adler.Value;
        if (!isWhole)
        {
            throw new InvalidDataException("The compressed data breaks off, or other bytes come behind its end.");
        }
    }

    /// <summary>The checksum at the end of zlib data (RFC 1950).</summary>
    private struct Adler32()
    {
        private const uint Modulus = 65521;

        // As many bytes as the sums take without an overflow.
        private const int Most = 5552;

        private uint _sum = 1;
        private uint _sumOfSums;

        public readonly uint Value => (_sumOfSums << 16) | _sum;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, Most)];
                foreach (byte value in part)
                {
                    _sum += value;
                    _sumOfSums += _sum;
                }

                _sum %= Modulus;
                _sumOfSums %= Modulus;
                bytes = bytes[part.Length..];
            }
        }
    }
}
