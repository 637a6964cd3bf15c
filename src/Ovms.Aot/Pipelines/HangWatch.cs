using Ovms.Pipelines.Libraries;
using Ovms.Serving.Health;
using Ovms.Status;

namespace Ovms.Pipelines;

/// <summary>Makes a pipeline not ready while too many threads hang in one of its libraries.</summary>
internal sealed class HangWatch : IDisposable
{
    private readonly NodeLibrary[] _libraries;
    private readonly Action _raise;

    /// <summary>Begins to watch.</summary>
    /// <param name="libraries">The libraries of the pipeline.</param>
    /// <param name="raise">Tells those who want to know that readiness may have changed.</param>
    public HangWatch(IEnumerable<NodeLibrary> libraries, Action raise)
    {
        _libraries = [.. libraries.Distinct()];
        _raise = raise;
        foreach (NodeLibrary library in _libraries)
        {
            library.Hangs.Changed += Look;
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
            library.Hangs.Changed -= Look;
        }
    }

    private bool Set()
    {
        bool wasReady = Health.IsReady;
        Health.Set(
            _libraries.Select(static library => library.Hangs.Reason).FirstOrDefault(static reason => reason is not null),
            code: StatusCode.NodeLibraryHangs);
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
