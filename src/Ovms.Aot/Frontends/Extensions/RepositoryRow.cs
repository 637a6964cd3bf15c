using System.Collections.Immutable;
using Ovms.Serving;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Extensions;

/// <summary>One row of the repository index.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="Version">Digits; empty for a model without a known version.</param>
/// <param name="State">READY, LOADING, UNLOADING or UNAVAILABLE.</param>
/// <param name="Reason">Why it is UNAVAILABLE, or why newer files could not replace it; else empty.</param>
internal readonly record struct RepositoryRow(string Name, string Version, string State, string Reason)
{
    private const string Ready = "READY";
    private const string Loading = "LOADING";
    private const string Unloading = "UNLOADING";
    private const string Unavailable = "UNAVAILABLE";
    private const string Unloaded = "unloaded";

    /// <summary>All known models, sorted by name and version.</summary>
    /// <param name="table">The current servables.</param>
    /// <param name="onlyReady">Leaves out rows that are not READY.</param>
    public static ImmutableArray<RepositoryRow> Of(ServableTable table, bool onlyReady) =>
    [
        .. table.Models.SelectMany(Of)
            .Where(row => !onlyReady || row.State == Ready)
            .OrderBy(static row => row.Name, StringComparer.Ordinal),
    ];

    private static IEnumerable<RepositoryRow> Of(ModelEntry model)
    {
        if (model.Versions.All(static entry => entry.State == ServableState.End))
        {
            string reason = model.Reason ?? (model.Versions.IsEmpty && !model.IsRetired ? "no version is known yet" : Unloaded);
            return [new RepositoryRow(model.Name, "", Unavailable, reason)];
        }

        return model.Versions.Select(entry => Of(model.Name, entry));
    }

    private static RepositoryRow Of(string name, VersionEntry entry)
    {
        (string state, string reason) = entry switch
        {
            { State: ServableState.Available } => (Ready, entry.Reason ?? (entry.IsReady ? "" : entry.Health.Text)),
            { Error: not LoadError.Ok } => (Unavailable, entry.ErrorMessage),
            { State: ServableState.Unloading } => (Unloading, ""),
            { State: ServableState.End } => (Unavailable, Unloaded),
            _ => (Loading, ""),
        };
        return new RepositoryRow(name, entry.Version.ToString(System.Globalization.CultureInfo.InvariantCulture), state, reason);
    }
}
