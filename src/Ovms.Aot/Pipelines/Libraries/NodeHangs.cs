using Ovms.Status;

namespace Ovms.Pipelines.Libraries;

/// <summary>
/// Counts the threads that are in a library although their callers have given up. A thread in foreign code cannot be ended, so that their
/// number must be bounded.
/// </summary>
/// <param name="library">The library's name.</param>
internal sealed class NodeHangs(string library)
{
    private int _count;

    /// <summary>Raised when a thread is counted or has returned. Handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>Number of such threads after which the pipelines of the library take no calls; 0 = never.</summary>
    public int Most { get; init; } = 8;

    /// <summary>Number of such threads.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Why the library takes no calls; null if it does.</summary>
    public string? Reason => Most > 0 && Count is var count && count >= Most
        ? $"{count} calls of the custom node library {library} have not returned since their callers gave up; at most {Most} may "
            + "(custom_node_hang_limit). Its pipelines are ready again when one returns; otherwise restart the server."
        : null;

    /// <summary>Why a call is refused; Ok if it is not.</summary>
    public Outcome Check() => Reason is { } reason ? Outcome.Fail(StatusCode.NodeLibraryHangs, reason) : Outcome.Ok;

    /// <summary>A caller has given up, and its thread is still in the library.</summary>
    public void Add()
    {
        Interlocked.Increment(ref _count);
        Changed?.Invoke();
    }

    /// <summary>Such a thread has returned.</summary>
    public void Remove()
    {
        Interlocked.Decrement(ref _count);
        Changed?.Invoke();
    }
}
