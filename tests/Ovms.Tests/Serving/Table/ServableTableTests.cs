using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Status;

namespace Ovms.Tests.Serving.Table;

public sealed class ServableTableTests
{
    [Test]
    public async Task DefaultVersion_IsTheHighestAvailable()
    {
        Servable one = DummyServable.Make(version: 1);
        Servable two = DummyServable.Make(version: 2);
        ServableTable table = new([new ModelEntry("m",
        [
            new VersionEntry(1, ServableState.Available, one),
            new VersionEntry(2, ServableState.Available, two),
            new VersionEntry(3, ServableState.Loading, Reason: "cut off"),
        ])]);
        foreach ((string text, long expected) in new[] { ("", 2L), ("0", 2L), ("1", 1L), ("2", 2L), ("02", 2L) })
        {
            await Assert.That(table.Find("m", text).Value.Version.Version).IsEqualTo(expected);
        }

        one.Retire();
        two.Retire();
    }

    [Test]
    [Arguments("nobody", "", nameof(StatusCode.ModelNameMissing))]
    [Arguments("", "", nameof(StatusCode.ModelNameMissing))]
    [Arguments("m", "9", nameof(StatusCode.ModelVersionMissing))]
    [Arguments("m", "1", nameof(StatusCode.ModelVersionNotLoadedYet))]
    [Arguments("m", "2", nameof(StatusCode.ModelVersionNotLoadedYet))]
    [Arguments("m", "3", nameof(StatusCode.ModelVersionNotLoadedAnymore))]
    [Arguments("m", "4", nameof(StatusCode.ModelVersionNotLoadedAnymore))]
    [Arguments("m", "one", nameof(StatusCode.ModelVersionInvalidFormat))]
    [Arguments("m", "-1", nameof(StatusCode.ModelVersionInvalidFormat))]
    [Arguments("m", "1.0", nameof(StatusCode.ModelVersionInvalidFormat))]
    [Arguments("m", " 1", nameof(StatusCode.ModelVersionInvalidFormat))]
    public async Task WhatIsNotAvailable_IsToldApart(string name, string version, string expected)
    {
        ServableTable table = new([new ModelEntry("m",
        [
            new VersionEntry(1, ServableState.Start),
            new VersionEntry(2, ServableState.Loading),
            new VersionEntry(3, ServableState.Unloading),
            new VersionEntry(4, ServableState.End),
        ])]);
        await Assert.That(table.Find(name, version).Code.ToString()).IsEqualTo(expected);
        await Assert.That(table.AllReady).IsFalse();
    }

    // Else a caller of a model that cannot be loaded would wait in vain.
    [Test]
    public async Task VersionWhoseLoadFailed_SaysWhy()
    {
        ServableTable table = new([new ModelEntry("m", [new VersionEntry(1, ServableState.Loading, Reason: "no such device")]), new ModelEntry("n", []) { Reason = "no such folder" }]);
        await Assert.That(table.Find("m", "").Text).IsEqualTo("Model with requested version is not loaded yet - the last attempt failed: no such device");
        await Assert.That(table.Find("n", "").Text).Contains("no such folder");
    }

    [Test]
    public async Task UnknownName_IsAnsweredWithTheNamesThatAreServed()
    {
        ServableTable table = new([new ModelEntry("resnet", []), new ModelEntry("bert", [])]);
        string text = table.Find(new string('x', 10_000), "").Text;
        await Assert.That(text).Contains("bert, resnet");
        await Assert.That(text.Length).IsLessThan(300);
    }

    [Test]
    public async Task EmptyTable_IsNotReady()
    {
        await Assert.That(ServableTable.Empty.AllReady).IsFalse();
    }
}
