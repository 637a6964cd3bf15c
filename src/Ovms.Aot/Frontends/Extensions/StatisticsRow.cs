using System.Collections.Immutable;
using Ovms.Observability.Metrics;
using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Frontends.Extensions;

/// <summary>What the statistics extension reports of one version that takes calls.</summary>
internal readonly record struct StatisticsRow(ServableId Id, CallTotals Totals)
{
    /// <summary>The rows a caller asks for, sorted by name and version.</summary>
    /// <param name="registry">What is served.</param>
    /// <param name="name">Empty for all models.</param>
    /// <param name="version">Empty for all versions of the model.</param>
    public static Outcome<ImmutableArray<StatisticsRow>> Find(ServableRegistry registry, string name, string version)
    {
        if (name.Length == 0)
        {
            return version.Length == 0
                ? Of(registry.Current)
                : Outcome.Fail(
                    StatusCode.InvalidMessageStructure,
                    $"Version {Shown.Bounded(version)} is requested without a model; name the model, or leave both out for all");
        }

        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(name, version);
        return !found.IsOk ? found.WithoutValue
            : version.Length == 0 ? ImmutableArray.CreateRange(Of(found.Value.Model))
            : ImmutableArray.Create(Of(found.Value.Version));
    }

    private static ImmutableArray<StatisticsRow> Of(ServableTable table) =>
        [.. table.Models.OrderBy(static model => model.Name, StringComparer.Ordinal).SelectMany(Of)];

    private static IEnumerable<StatisticsRow> Of(ModelEntry model) =>
        model.Versions.Where(static entry => entry.State == ServableState.Available).Select(Of);

    private static StatisticsRow Of(VersionEntry entry) => new(entry.Servable!.Id, entry.Servable.Statistics.Read());
}
