namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The versions whose first attempt readiness waits for: those that the start, another configuration or a requested reload asks for. A
/// folder that the poll finds beside what serves is not among them, since its calls never stop being answered.
/// </summary>
internal sealed class FirstAttempts
{
    private HashSet<ServableId> _owed = [];

    /// <summary>Whether one is still to be made.</summary>
    public bool Any => _owed.Count > 0;

    /// <summary>Takes in a plan.</summary>
    /// <param name="plan">Made from what is desired and what is there now.</param>
    /// <param name="isChange">Whether it is the first plan after the start, another configuration or a request.</param>
    /// <remarks>A version that is asked for in place of one that failed is owed too: the policy of the change asks for it.</remarks>
    public void Follow(ReconcilePlan plan, bool isChange)
    {
        HashSet<ServableId> before = _owed;
        _owed = [.. plan.Untried.Where(untried => isChange || before.Contains(untried.Id) || (before.Count > 0 && untried.IsSettled)).Select(static untried => untried.Id)];
    }
}

/// <summary>A version that is asked for, does not serve and was not tried since its files or settings changed.</summary>
/// <param name="Id">Which.</param>
/// <param name="IsSettled">Whether its files have stopped changing.</param>
internal readonly record struct UntriedVersion(ServableId Id, bool IsSettled);
