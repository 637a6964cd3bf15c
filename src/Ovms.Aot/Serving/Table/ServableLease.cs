namespace Ovms.Serving.Table;

/// <summary>The right to use one servable during one call. The call disposes it.</summary>
internal sealed class ServableLease : IDisposable
{
    private Servable? _servable;
    private bool _isKept;

    internal ServableLease(Servable servable) => _servable = servable;

    /// <summary>The leased servable.</summary>
    public Servable Servable => _servable ?? throw new ObjectDisposedException(nameof(ServableLease));

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _servable, null)?.Release(_isKept);

    /// <summary>Makes it one that <see cref="Servable.TryKeep"/> has counted.</summary>
    internal ServableLease AsKept()
    {
        _isKept = true;
        return this;
    }
}
