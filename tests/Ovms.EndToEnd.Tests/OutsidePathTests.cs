using Ovms.EndToEnd.Tests.Harness;
using Ovms.Frontends.Grpc.Protos;

namespace Ovms.EndToEnd.Tests;

/// <summary>Models whose paths or links lead out of their base path.</summary>
public sealed class OutsidePathTests
{
    [Test]
    public async Task PathsAndLinksThatLeadOut_AreServedOnlyWhereThatIsAllowed()
    {
        using ConfigFolder folder = new("""
            {"model_config_list": [
                {"config": {"name": "up", "base_path": "volume/../volume"}},
                {"config": {"name": "linked", "base_path": "linked"}},
                {"config": {"name": "volume", "base_path": "volume"}}
            ]}
            """);
        folder.Copy("dummy", "volume/..2024_05_01");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "volume", "..data"), "..2024_05_01");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "volume", "1"), "..data/1");
        Directory.CreateDirectory(Path.Combine(folder.Path, "linked"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "linked", "1"), Path.Combine(Repo.Model("dummy"), "1"));

        await using (OvmsServer server = await folder.StartAsync("\"state\": \"AVAILABLE\""))
        {
            await server.Process.WaitForLineAsync(static line => line.Contains("[error]", StringComparison.Ordinal) && line.Contains("has a '..' in it", StringComparison.Ordinal));
            await server.Process.WaitForLineAsync(static line => line.Contains("/linked/1 leads to ", StringComparison.Ordinal) && line.Contains("--allow_outside_paths", StringComparison.Ordinal));
            await Assert.That((await server.Client.ModelReadyAsync(new ModelReadyRequest { Name = "volume" })).Ready).IsTrue();
        }

        await using OvmsServer open = await folder.StartAsync("Ready after", "--allow_outside_paths");
        foreach (string name in (string[])["up", "linked", "volume"])
        {
            await Assert.That((await open.Client.ModelReadyAsync(new ModelReadyRequest { Name = name })).Ready).IsTrue().Because(name);
        }
    }
}
