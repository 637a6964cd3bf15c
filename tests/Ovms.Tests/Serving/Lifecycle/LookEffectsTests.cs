using System.Collections.Immutable;
using Ovms.Devices.Cpu;
using Ovms.Options;
using Ovms.Repository;
using Ovms.Repository.Remote;
using Ovms.Serving.Lifecycle;
using Ovms.Serving.Loading;
using Ovms.Status;
using Ovms.Tests.Devices.Cpu;
using Ovms.Tests.Repository.Remote;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Lifecycle;

/// <summary>CPUs are split and copies deleted when a look is taken over, not while it looks.</summary>
public sealed class LookEffectsTests
{
    private const string Dummy = "s3://models/dummy";

    [Test]
    public async Task Apply_SplitsTheCpusBeforeItReturns()
    {
        using FakeMachine machine = new("0-7");
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using RemoteRepositories remotes = RemotesIn(folder, cloud);
        CpuPlanner cpus = new(machine.Root, isSplit: true);
        LookEffects effects = new(cpus, remotes, new ManagedModels.Lines());

        effects.Apply(new Desired([Model("a", folder.Path), Model("b", folder.Path), Model("far", folder.Path, "GPU")], 1, IsVouched: true));

        await Assert.That(cpus.Allot("a", []).Cpus).IsEqualTo(4);
        await Assert.That(effects.Trimming.IsCompletedSuccessfully).IsTrue().Because("nothing is in an object store");
    }

    [Test]
    public async Task Apply_DeletesTheCopiesThatNobodyWantsAnyMore()
    {
        using FakeMachine machine = new("0-7");
        using TemporaryFolder folder = new();
        await using FakeCloud cloud = RemoteStoreTests.Filled(RemoteKind.S3);
        using RemoteRepositories remotes = RemotesIn(folder, cloud);
        LookEffects effects = new(new CpuPlanner(machine.Root, isSplit: false), remotes, new ManagedModels.Lines());
        remotes.BeginLook([Dummy], isVouched: true);
        ImmutableArray<VersionOnDisk> versions = remotes.Look(Dummy, isVouched: true).Value!.Versions;
        remotes.Obtain(Dummy, 1).Value!.Dispose();
        remotes.Obtain(Dummy, 2).Value!.Dispose();

        effects.Apply(new Desired([Model("m", Dummy) with { Versions = versions }], 1, IsVouched: true));
        await effects.Trimming;

        await Assert.That(CopiesOf(folder, 1)).IsEqualTo(0);
        await Assert.That(CopiesOf(folder, 2)).IsEqualTo(1);
    }

    private static int CopiesOf(TemporaryFolder folder, int version) => Directory.GetDirectories(folder.Path, $"{version}-*", SearchOption.AllDirectories).Length;

    private static RemoteRepositories RemotesIn(TemporaryFolder folder, FakeCloud cloud) =>
        new(cloud.Settings(null), new RemoteCache(folder.Path), TimeProvider.System, CancellationToken.None);

    private static DesiredModel Model(string name, string path, string device = "CPU") =>
        new(name, ModelConfig.From(new ModelOptions { ModelName = name, ModelPath = path, TargetDevice = device }, new ServerOptions()).Value, null, Outcome.Ok);
}
