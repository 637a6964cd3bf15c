using System.IO.Compression;
using Grpc.Net.Compression;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// A compression provider that stops when a message exceeds the limit or the memory. The framework checks the size only after
/// decompressing everything: a megabyte of gzipped zeros would first become a gigabyte.
/// </summary>
internal sealed class BoundedCompression(ICompressionProvider inner, int limit, RequestMemory memory) : ICompressionProvider
{
    /// <inheritdoc/>
    public string EncodingName => inner.EncodingName;

    /// <inheritdoc/>
    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        inner.CreateCompressionStream(stream, compressionLevel);

    /// <inheritdoc/>
    public Stream CreateDecompressionStream(Stream stream) => new BoundedStream(Decompress(stream), limit, memory);

    /// <summary>
    /// Decompresses for a reader that limits and counts the bytes itself. Corrupt data is rejected as a malformed message.
    /// </summary>
    public Stream Open(Stream packed) => new BoundedStream(Decompress(packed), long.MaxValue, null);

    private Stream Decompress(Stream packed) =>
        EncodingName == "gzip" ? CheckedDecompression.Gzip(packed) : CheckedDecompression.ZLib(packed);

    private sealed class BoundedStream(Stream inner, long limit, RequestMemory? memory) : ReadOnlyStream
    {
        private long _read;

        public override int Read(Span<byte> buffer)
        {
            int read = Decompress(buffer);
            if (_read + read > limit)
            {
                throw GrpcEdge.ToException(Outcome.Fail(
                    StatusCode.MessageTooLarge, $"The compressed message has more than {limit} bytes when decompressed"));
            }

            Outcome taken = memory is null ? Outcome.Ok : memory.TryTake(read);
            _read += taken.IsOk ? read : 0;
            return taken.IsOk ? read : throw GrpcEdge.ToException(taken);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                memory?.Return(_read);
                _read = 0;
            }

            base.Dispose(disposing);
        }

        private int Decompress(Span<byte> buffer)
        {
            try
            {
                return inner.Read(buffer);
            }
            catch (Exception broken) when (broken is InvalidDataException or IOException)
            {
                // The compressed bytes are in memory, so any error comes from their content. A stream that wants a dictionary throws
                // IOException.
                throw GrpcEdge.ToException(Outcome.Fail(
                    StatusCode.MalformedMessage, $"The message is not what grpc-encoding says: {broken.Message}"));
            }
        }
    }
}
