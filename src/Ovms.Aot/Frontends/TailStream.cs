namespace Ovms.Frontends;

/// <summary>Reads another stream and keeps the last bytes that were read.</summary>
/// <param name="inner">Disposed with this.</param>
/// <param name="length">How many bytes to keep.</param>
internal sealed class TailStream(Stream inner, int length) : ReadOnlyStream
{
    private const int Step = 4096;

    private readonly byte[] _tail = new byte[length];
    private int _kept;

    /// <summary>The last bytes; fewer than asked for where the stream was shorter.</summary>
    public ReadOnlySpan<byte> Tail => _tail.AsSpan(0, _kept);

    /// <summary>Whether the other stream threw an exception.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Reads what is left and drops all but the last bytes.</summary>
    public void ReadToEnd()
    {
        Span<byte> left = stackalloc byte[Step];
        while (Read(left) > 0)
        {
        }
    }

    /// <inheritdoc cref="ReadToEnd"/>
    public async ValueTask ReadToEndAsync(CancellationToken cancellation)
    {
        byte[] left = new byte[Step];
        while (await ReadAsync(left, cancellation).ConfigureAwait(false) > 0)
        {
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        HasFailed = true;
        int read = inner.Read(buffer);
        HasFailed = false;
        Keep(buffer[..read]);
        return read;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        HasFailed = true;
        int read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        HasFailed = false;
        Keep(buffer.Span[..read]);
        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= _tail.Length)
        {
            bytes[^_tail.Length..].CopyTo(_tail);
            _kept = _tail.Length;
            return;
        }

        int dropped = Math.Max(_kept + bytes.Length - _tail.Length, 0);
        _tail.AsSpan(dropped, _kept - dropped).CopyTo(_tail);
        bytes.CopyTo(_tail.AsSpan(_kept - dropped));
        _kept += bytes.Length - dropped;
    }
}
