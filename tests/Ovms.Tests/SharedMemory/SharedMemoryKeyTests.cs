using Ovms.SharedMemory;
using Ovms.Status;

namespace Ovms.Tests.SharedMemory;

public sealed class SharedMemoryKeyTests
{
    [Test]
    [Arguments("/mine_1", "mine", "mine_1")]
    [Arguments("mine_1", "mine", "mine_1")]
    [Arguments("mine", "mine", "mine")]
    [Arguments("/Grüße", "", "Grüße")]
    [Arguments("...", "", "...")]
    public async Task KeyWithThePrefix_IsTheNameOfAFile(string key, string prefix, string name) =>
        await Assert.That(SharedMemoryKey.NameOf(key, prefix).Value).IsEqualTo(name);

    [Test]
    [Arguments("yours", "mine")]
    [Arguments("/Mine_1", "mine")]
    [Arguments("//mine_1", "mine")]
    [Arguments("./mine_1", "mine")]
    [Arguments("min", "mine")]
    [Arguments("", "mine")]
    public async Task OtherKey_IsNotAllowed(string key, string prefix)
    {
        Outcome<string> refused = SharedMemoryKey.NameOf(key, prefix);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.SharedMemoryNotAllowed);
        await Assert.That(refused.Text).Contains("begins with mine, as --allow_shared_memory says");
    }

    [Test]
    [Arguments("", "", "not empty")]
    [Arguments("/", "", "not empty")]
    [Arguments(".", "", "the name of an object")]
    [Arguments("/..", "", "the name of an object")]
    [Arguments("mine/../../etc/passwd", "mine", "without a slash")]
    [Arguments("mine_1/", "mine", "without a slash")]
    [Arguments("//mine", "", "without a slash")]
    [Arguments("mine_1\0", "mine", "without a NUL")]
    [Arguments("mine\ud800", "mine", "valid Unicode")]
    public async Task KeyThatIsNoName_IsInvalid(string key, string prefix, string part)
    {
        Outcome<string> refused = SharedMemoryKey.NameOf(key, prefix);
        await Assert.That(refused.Code).IsEqualTo(StatusCode.SharedMemoryInvalid);
        await Assert.That(refused.Text).Contains(part);
    }

    [Test]
    public async Task Length_IsThatOfAFileName()
    {
        await Assert.That(SharedMemoryKey.NameOf($"/{new string('k', 255)}", "").IsOk).IsTrue();
        await Assert.That(SharedMemoryKey.NameOf(new string('k', 256), "").Text).Contains("at most 255 bytes");
        await Assert.That(SharedMemoryKey.NameOf(new string('ü', 128), "").Text).Contains("at most 255 bytes");
    }
}
