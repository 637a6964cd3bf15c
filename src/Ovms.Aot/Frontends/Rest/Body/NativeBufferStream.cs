using System.Buffers;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Body;

/// <summary>A stream that appends to a buffer, which the caller still owns.</summary>
internal sealed class NativeBufferStream(NativeBuffer buffer) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => buffer.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => buffer.Length;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> source) => buffer.Write(source);

    /// <inheritdoc/>
    public override void Write(byte[] source, int offset, int count) => buffer.Write(source.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(byte[] destination, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
