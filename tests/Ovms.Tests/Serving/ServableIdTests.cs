using Ovms.Serving;

namespace Ovms.Tests.Serving;

public sealed class ServableIdTests
{
    [Test]
    public async Task Text_IsThatOfTheLog() => await Assert.That($"Model {new ServableId("m", 7)} fails").IsEqualTo("Model m; version: 7 fails");
}
