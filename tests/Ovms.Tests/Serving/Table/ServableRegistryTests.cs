using Ovms.Serving;
using Ovms.Serving.Draining;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Table;

public sealed class ServableRegistryTests
{
    [Test]
    [Arguments("m")]
    [Arguments("nobody")]
    public async Task WhileTheServerStops_CallersHearThatItGoes_AndStatusCallsStillSeeTheTable(string name)
    {
        Drain drain = new();
        ServableRegistry registry = new(drain);
        Servable servable = DummyServable.Make();
        registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(1, ServableState.Available, servable)])]));
        using (ServableLease lease = registry.Lease("m", "").Value!)
        {
            await Assert.That(lease.Servable).IsSameReferenceAs(servable);
        }

        drain.StartDraining();
        await Assert.That(registry.Find(name, "").Code).IsEqualTo(StatusCode.ServerShuttingDown);
        await Assert.That(registry.Lease(name, "").Code).IsEqualTo(StatusCode.ServerShuttingDown);
        await Assert.That(registry.Current.Find("m", "").IsOk).IsTrue();
        servable.Retire();
    }

    [Test]
    public async Task Table_IsPreparedBeforeItIsFound_AndToldAfter()
    {
        ServableRegistry registry = new(new Drain());
        List<string> order = [];
        registry.Publishing += table => order.Add($"preparing {table.Models.Length}, found: {registry.Current.Models.Length}");
        registry.Changed += () => order.Add($"changed, found: {registry.Current.Models.Length}");
        registry.Publish(new ServableTable([new ModelEntry("m", [])]));
        await Assert.That(string.Join("; ", order)).IsEqualTo("preparing 1, found: 0; changed, found: 1");
    }

    [Test]
    public async Task RetiredThatTheTableStillShows_IsNotLoadedAnymore()
    {
        ServableRegistry registry = new(new Drain());
        Servable servable = DummyServable.Make();
        registry.Publish(new ServableTable([new ModelEntry("m", [new VersionEntry(1, ServableState.Available, servable)])]));
        servable.Retire();
        await servable.Drained;
        await Assert.That(registry.Lease("m", "").Code).IsEqualTo(StatusCode.ModelVersionNotLoadedAnymore);
    }
}
