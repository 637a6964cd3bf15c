namespace Ovms.Hosting;

/// <summary>
/// Keeps the framework's host from handling signals itself: it would close its streams and abort an unfinished start while
/// <see cref="ModelServer"/> is still draining.
/// </summary>
internal sealed class NoHostLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
