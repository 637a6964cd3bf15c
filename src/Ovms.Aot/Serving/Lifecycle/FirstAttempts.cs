namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Tracks the versions whose first load attempt readiness waits for: those that the start, a changed configuration or a requested reload
/// added.
/// </summary>
/// <remarks>
/// A version folder that only the poll finds, beside served ones, does not count, since calls are answered all the time.
/// </remarks>
internal sealed class FirstAttempts
{
    private HashSet<ServableId> _outstanding = [];

    /// <summary>Whether an attempt is still outstanding.</summary>
    public bool Any => _outstanding.Count > 0;

    /// <summary>Updates the outstanding attempts from a plan.</summary>
    /// <param name="plan">The newest plan.</param>
    /// <param name="isChange">Whether it is the first plan after the start, a changed configuration or a request.</param>
    /// <remarks>A version that replaces a failed one is awaited too, because the version policy of the change selects it.</remarks>
    public void Follow(ReconcilePlan plan, bool isChange)
    {
        HashSet<ServableId> before = _outstanding;
        _outstanding =
        [
            .. plan.Untried
                .Where(untried => isChange || before.Contains(untried.Id) || (before.Count > 0 && untried.IsSettled))
                .Select(static untried => untried.Id),
        ];
    }
}

/// <summary>A wanted version that is not served and was not tried since its files or settings changed.</summary>
/// <param name="Id">The version.</param>
/// <param name="IsSettled">Whether its files have stopped changing.</param>
internal readonly record struct UntriedVersion(ServableId Id, bool IsSettled);
