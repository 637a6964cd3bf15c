namespace Ovms.Bench;

/// <summary>A caller that uses one path to the model and calls again as soon as the answer has arrived.</summary>
internal abstract class BenchCaller : IDisposable
{
    /// <summary>Sends one request and reads the whole answer.</summary>
    /// <exception cref="IOException">There was no answer, or it was an error.</exception>
    public abstract ValueTask CallAsync();

    /// <inheritdoc/>
    public abstract void Dispose();
}
