using Ovms.Native.Marshalling;

namespace Ovms.Native.Tests;

public sealed class WindowsPathTests
{
    [Test]
    [Arguments(@"C:\models\dummy.xml", @"\\?\C:\models\dummy.xml")]
    [Arguments(@"\\server\share\dummy.xml", @"\\?\UNC\server\share\dummy.xml")]
    public async Task SystemForm_NamesDiskOrShare(string full, string expected) =>
        await Assert.That(WindowsPath.InSystemForm(full)).IsEqualTo(expected);

    [Test]
    public async Task ShortPath_StaysAsGiven() => await Assert.That(WindowsPath.Long("models/dummy.xml")).IsEqualTo("models/dummy.xml");
}
