using System.Collections.Immutable;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// The actions that bring what is served to what is desired. A pure function of its inputs, without clock, disk or lock.
/// </summary>
/// <remarks>The executor computes a new plan after every step, so that a plan is never stale.</remarks>
/// <param name="Actions">At most one for each model that is not busy, ordered by model name.</param>
/// <param name="Awaited">Versions that will be served and have no state yet.</param>
/// <param name="NextDue">When the next retry of a failed version is due, on the clock of the plan; null = none.</param>
internal sealed record ReconcilePlan(
    ImmutableArray<ModelAction> Actions,
    ImmutableArray<ServableId> Awaited,
    TimeSpan? NextDue)
{
    /// <summary>When the next way back of a version to a better device is due; null = none.</summary>
    public TimeSpan? NextReturn { get; init; }

    /// <summary>Wanted versions that are not served and were not tried since their files or settings changed.</summary>
    public ImmutableArray<UntriedVersion> Untried { get; init; } = [];

    /// <inheritdoc cref="ModelPlan.Mended"/>
    public ImmutableArray<ServableId> Mended { get; init; } = [];

    /// <summary>Computes the plan.</summary>
    /// <param name="desired">What should be served.</param>
    /// <param name="actual">What is served, and which loads failed.</param>
    /// <param name="now">The current time, on the clock of <see cref="FailedLoad.At"/>.</param>
    public static ReconcilePlan Compute(Desired desired, Actual actual, TimeSpan now)
    {
        List<ModelPlan> plans =
        [
            .. desired.Models.Select(model => ModelPlan.Of(model, actual, desired, now)),
            .. actual.Models
                .ExceptBy(desired.Models.Select(static model => model.Name), static model => model.Name)
                .Select(ModelPlan.ToRemove),
        ];
        return new ReconcilePlan(
            [
                .. plans.Select(static plan => plan.Action)
                    .OfType<ModelAction>()
                    .OrderBy(static action => action.Id.Name, StringComparer.Ordinal),
            ],
            [.. plans.SelectMany(static plan => plan.Awaited)],
            plans.Min(static plan => plan.NextDue))
        {
            NextReturn = plans.Min(static plan => plan.NextReturn),
            Mended = [.. plans.SelectMany(static plan => plan.Mended)],
            Untried = [.. plans.SelectMany(static plan => plan.Untried)],
        };
    }
}
