using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Ovms.Processes;

namespace Ovms.Tests.Processes;

/// <summary>The last lines of a child's standard error.</summary>
public sealed class ChildErrorsTests
{
    [Test]
    public async Task LinesSinceAMark_AreThoseThatCameLater()
    {
        MemoryStream stream = new(Encoding.UTF8.GetBytes("one\ntwo\n\nthree"));
        ChildErrors errors = new(stream, "child", NullLogger.Instance);
        await errors.Done;
        await Assert.That(stream.CanRead).IsFalse();
        await Assert.That(errors.Count).IsEqualTo(3);
        await Assert.That(errors.LastSince(0)).IsEqualTo("one\ntwo\nthree");
        await Assert.That(errors.LastSince(2)).IsEqualTo("three");
        await Assert.That(errors.LastSince(3)).IsEqualTo("");
    }

    [Test]
    public async Task AMarkOlderThanWhatIsKept_GivesAllThatIsKept()
    {
        string lines = string.Join('\n', Enumerable.Range(0, 50));
        ChildErrors errors = new(new MemoryStream(Encoding.UTF8.GetBytes(lines)), "child", NullLogger.Instance);
        await errors.Done;
        await Assert.That(errors.LastSince(1)).IsEqualTo(string.Join('\n', Enumerable.Range(30, 20)));
        await Assert.That(errors.LastSince(48)).IsEqualTo("48\n49");
    }
}
