using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Tests.Infrastructure;

/// <summary>Equality by element is what makes models cacheable.</summary>
public class EquatableArrayTests
{
    [Test]
    [Arguments("a,b", "a,b", true)]
    [Arguments("a,b", "b,a", false)]
    [Arguments("a,b", "a", false)]
    [Arguments("", "", true)]
    public async Task Equality_IsByElementAndOrder(string left, string right, bool isEqual)
    {
        EquatableArray<string> a = new(left.Split(','));
        EquatableArray<string> b = new(right.Split(','));
        await Assert.That(a.Equals(b)).IsEqualTo(isEqual);
        await Assert.That(a.GetHashCode() == b.GetHashCode()).IsEqualTo(isEqual);
    }

    [Test]
    public async Task Default_IsEmptyAndEqualsEmpty()
    {
        EquatableArray<string> none = default;
        await Assert.That(none.Count).IsEqualTo(0);
        await Assert.That(none.ToArray()).IsEmpty();
        await Assert.That(none.Equals(new EquatableArray<string>([]))).IsTrue();
    }

    [Test]
    public async Task Source_MayChangeAfterwards()
    {
        string[] source = ["a"];
        EquatableArray<string> array = new(source);
        source[0] = "b";
        await Assert.That(array[0]).IsEqualTo("a");
    }
}
