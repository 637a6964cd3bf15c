namespace Ovms.Serving.Table;

/// <summary>The right to use one servable during one call. Disposed exactly once by the call's owner.</summary>
internal sealed class ServableLease : IDisposable
{
    private Servable? _servable;

    internal ServableLease(Servable servable) => _servable = servable;

    /// <summary>What may be used.</summary>
    public Servable Servable => _servable ?? throw new ObjectDisposedException(nameof(ServableLease));

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _servable, null)?.Release();
}
