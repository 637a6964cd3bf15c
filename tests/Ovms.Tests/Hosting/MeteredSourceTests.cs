using Ovms.Configuration;
using Ovms.Hosting;
using Ovms.Options;
using Ovms.Status;
using Ovms.Tests.Serving.Lifecycle;

namespace Ovms.Tests.Hosting;

public sealed class MeteredSourceTests
{
    private static readonly Monitoring s_on = new(true, ["ovms_streams"]);

    [Test]
    public async Task ChangedSection_IsToldOnceForEachChange()
    {
        ManagedModels.Lines log = new();
        Fixed file = new() { Section = s_on };
        MeteredSource source = new(file, new ServerOptions { RestPort = 1 }, s_on, log);
        foreach ((Monitoring? section, int told) in new (Monitoring?, int)[]
            {
                (new(true, ["ovms_streams"]), 0), (new(true, []), 1), (new(true, []), 1), (new(false, []), 2), (s_on, 2), (null, 3), (null, 3),
            })
        {
            file.Section = section;
            await Assert.That(source.Read().IsOk).IsTrue();
            await Assert.That(log.Count("[Warning] The section \"monitoring\" of the configuration file has changed")).IsEqualTo(told);
        }
    }

    [Test]
    public async Task SectionThatTheStartWouldRefuse_IsRefusedWithoutThatLine()
    {
        ManagedModels.Lines log = new();
        MeteredSource source = new(new Fixed { Section = new(true, ["no_such"]) }, new ServerOptions { RestPort = 1 }, s_on, log);
        await Assert.That(source.Read().Code).IsEqualTo(StatusCode.ConfigInvalid);
        await Assert.That(log.Count("monitoring")).IsEqualTo(0);
    }

    private sealed class Fixed : ConfigSource
    {
        public Monitoring? Section { get; set; }

        public override Outcome<ServerConfig> Read() => new ServerConfig { Models = [], Fingerprint = "", Monitoring = Section };
    }
}
