using Microsoft.Extensions.Logging;
using Ovms.Observability;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Observability;

public sealed class LogProviderTests
{
    // The web server says so of every body that it does not wait for at a stop, whatever the time was.
    [Test]
    public async Task FrameworksUntrueLine_IsNotWritten_AndOthersAre()
    {
        using TemporaryFolder folder = new();
        string path = folder["ovms.log"];
        await Assert.That(LogSink.TryOpen(path, LogForm.Text, out LogSink? sink, out _)).IsTrue();
        using LogProvider provider = new(sink!, LogLevel.Debug);
        ILogger kestrel = provider.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.BadRequests");
        kestrel.Log(LogLevel.Information, new EventId(33, "RequestBodyDrainTimedOut"), "timed out after taking over 5 seconds", null, static (text, _) => text);
        kestrel.Log(LogLevel.Information, new EventId(17, "ConnectionBadRequest"), "bad request data", null, static (text, _) => text);
        sink!.Dispose();
        string log = await File.ReadAllTextAsync(path);
        await Assert.That(log).Contains("bad request data").And.DoesNotContain("over 5 seconds");
    }
}
