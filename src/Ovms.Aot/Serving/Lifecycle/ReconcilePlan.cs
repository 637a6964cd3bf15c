using System.Collections.Immutable;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// What is to be done now so that what is served becomes what is desired. A pure decision: it has no clock, no disk and no lock. Whoever
/// executes it asks again after every step, so that a plan never grows old.
/// </summary>
/// <param name="Actions">At most one for each model that is not busy; models in the order of their names.</param>
/// <param name="Awaited">Versions that will be served and of which nothing is there yet.</param>
/// <param name="NextDue">When the next attempt of a version that failed is due, on the clock that the plan was given; null for none.</param>
internal sealed record ReconcilePlan(ImmutableArray<ModelAction> Actions, ImmutableArray<ServableId> Awaited, TimeSpan? NextDue)
{
    /// <summary>Versions that are wanted, do not serve and were not tried since their files or settings changed.</summary>
    public ImmutableArray<UntriedVersion> Untried { get; init; } = [];

    /// <summary>Makes the plan.</summary>
    /// <param name="desired">What ought to be.</param>
    /// <param name="actual">What is.</param>
    /// <param name="now">The time, on the clock of <see cref="FailedLoad.At"/>.</param>
    public static ReconcilePlan Compute(Desired desired, Actual actual, TimeSpan now)
    {
        List<ModelPlan> plans =
        [
            .. desired.Models.Select(model => ModelPlan.Of(model, actual.Find(model.Name), desired, now)),
            .. actual.Models.ExceptBy(desired.Models.Select(static model => model.Name), static model => model.Name).Select(ModelPlan.ToRemove),
        ];
        return new ReconcilePlan(
            [.. plans.Select(static plan => plan.Action).OfType<ModelAction>().OrderBy(static action => action.Id.Name, StringComparer.Ordinal)],
            [.. plans.SelectMany(static plan => plan.Awaited)],
            plans.Min(static plan => plan.NextDue))
        {
            Untried = [.. plans.SelectMany(static plan => plan.Untried)],
        };
    }
}
