namespace Ovms.Benchmarks.Callers;

/// <summary>One way to get an inference done: makes one call at a time, as one user of it would.</summary>
internal abstract class Caller(string name) : IDisposable
{
    /// <summary>How it is listed.</summary>
    public string Name => name;

    /// <summary>Makes one call and waits for its answer.</summary>
    public abstract ValueTask CallAsync();

    /// <summary>Whether the last call answered with these output bytes.</summary>
    public abstract bool Answered(ReadOnlySpan<byte> output);

    /// <inheritdoc/>
    public abstract void Dispose();
}
