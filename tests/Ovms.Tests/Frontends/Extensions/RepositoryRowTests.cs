using Ovms.Frontends.Extensions;
using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Tests.Serving;

namespace Ovms.Tests.Frontends.Extensions;

internal sealed class RepositoryRowTests
{
    [Test]
    public async Task Rows_TellStateAndReason()
    {
        Servable servable = DummyServable.Make();
        ServableTable table = new(
            [
                new ModelEntry("m",
                [
                    new VersionEntry(1, ServableState.End),
                    new VersionEntry(2, ServableState.Unloading),
                    new VersionEntry(3, ServableState.Available, servable),
                    new VersionEntry(4, ServableState.Loading),
                    new VersionEntry(5, ServableState.Loading, Reason: "no weights"),
                    new VersionEntry(6, ServableState.Start),
                ]),
                new ModelEntry("gone", [new VersionEntry(1, ServableState.End), new VersionEntry(2, ServableState.End)]) { IsRetired = true },
                new ModelEntry("bad", []) { Reason = "no such path" },
                new ModelEntry("empty", []),
            ]);

        await Assert.That(Lines(table, onlyReady: false)).IsEqualTo(
            """
            bad||UNAVAILABLE|no such path
            empty||UNAVAILABLE|no version is known yet
            gone||UNAVAILABLE|unloaded
            m|1|UNAVAILABLE|unloaded
            m|2|UNLOADING|
            m|3|READY|
            m|4|LOADING|
            m|5|UNAVAILABLE|no weights
            m|6|LOADING|
            """);
        await Assert.That(Lines(table, onlyReady: true)).IsEqualTo("m|3|READY|");
        servable.Retire();
    }

    private static string Lines(ServableTable table, bool onlyReady) =>
        string.Join('\n', RepositoryRow.Of(table, onlyReady).Select(static row => $"{row.Name}|{row.Version}|{row.State}|{row.Reason}"));
}
