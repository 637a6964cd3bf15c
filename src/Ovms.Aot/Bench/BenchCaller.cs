namespace Ovms.Bench;

/// <summary>One caller of one way to the model: calls again when the answer has come.</summary>
internal abstract class BenchCaller : IDisposable
{
    /// <summary>One inference, from the request to the whole answer.</summary>
    /// <exception cref="IOException">There was no answer, or it was an error.</exception>
    public abstract ValueTask CallAsync();

    /// <inheritdoc/>
    public abstract void Dispose();
}
