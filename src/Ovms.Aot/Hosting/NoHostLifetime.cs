namespace Ovms.Hosting;

/// <summary>
/// Keeps the framework's host from listening for signals itself: it would let go of its streams, and give up a start half done, while
/// <see cref="ModelServer"/> still drains.
/// </summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
