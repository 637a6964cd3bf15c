using Ovms.Pipelines.Libraries;
using Ovms.Serving.Health;
using Ovms.Status;

namespace Ovms.Pipelines;

/// <summary>Makes a pipeline not ready while one of its libraries takes no calls.</summary>
internal sealed class LibraryWatch : IDisposable
{
    private readonly NodeLibrary[] _libraries;
    private readonly Action _raise;

    /// <summary>Begins to watch.</summary>
    /// <param name="libraries">The libraries of the pipeline.</param>
    /// <param name="raise">Tells those who want to know that readiness may have changed.</param>
    public LibraryWatch(IEnumerable<NodeLibrary> libraries, Action raise)
    {
        _libraries = [.. libraries.Distinct()];
        _raise = raise;
        foreach (NodeLibrary library in _libraries)
        {
            library.Changed += Look;
        }

        Set();
    }

    /// <summary>The health of the pipeline.</summary>
    public ServableHealth Health { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NodeLibrary library in _libraries)
        {
            library.Changed -= Look;
        }
    }

    private bool Set()
    {
        bool wasReady = Health.IsReady;
        Outcome refusal = _libraries.Select(static library => library.Check()).FirstOrDefault(static check => !check.IsOk);
        Health.Set(refusal.Detail, code: refusal.IsOk ? StatusCode.NodeLibraryHangs : refusal.Code);
        return wasReady != Health.IsReady;
    }

    // Called within the lock of a call, so that others are told elsewhere.
    private void Look()
    {
        if (Set())
        {
            ThreadPool.QueueUserWorkItem(static raise => raise(), _raise, preferLocal: false);
        }
    }
}
