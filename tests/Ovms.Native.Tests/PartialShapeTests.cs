namespace Ovms.Native.Tests;

/// <summary>Shapes and dimensions as values, without the library.</summary>
public class PartialShapeTests
{
    [Test]
    [Arguments(3, 3, "3")]
    [Arguments(0, -1, "-1")]
    [Arguments(1, 512, "[1~512]")]
    [Arguments(0, 512, "[0~512]")]
    [Arguments(2, -1, "[2~]")]
    [Arguments(0, 0, "0")]
    public async Task Dimension_IsWrittenByItsBounds(long min, long max, string text) =>
        await Assert.That(new Dimension(min, max).ToString()).IsEqualTo(text);

    [Test]
    [Arguments(3, 3, 3, true)]
    [Arguments(3, 3, 4, false)]
    [Arguments(0, -1, 0, true)]
    [Arguments(0, -1, long.MaxValue, true)]
    [Arguments(1, 4, 1, true)]
    [Arguments(1, 4, 4, true)]
    [Arguments(1, 4, 0, false)]
    [Arguments(1, 4, 5, false)]
    [Arguments(2, -1, 1, false)]
    [Arguments(0, -1, -1, false)]
    public async Task Dimension_ContainsWhatLiesInItsBounds(long min, long max, long value, bool inside) =>
        await Assert.That(new Dimension(min, max).Contains(value)).IsEqualTo(inside);

    [Test]
    public async Task Dimension_ThatCannotBe_IsRefused()
    {
        await Assert.That(() => Dimension.Of(-1)).Throws<ArgumentOutOfRangeException>();
        await Assert.That(() => Dimension.Range(-1, 4)).Throws<ArgumentOutOfRangeException>();
        await Assert.That(() => Dimension.Range(5, 4)).Throws<ArgumentOutOfRangeException>();
        await Assert.That(() => Dimension.Range(5, -2)).Throws<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task Shape_IsWrittenAsItsDimensions()
    {
        PartialShape shape = new(Dimension.Of(1), Dimension.Of(3), Dimension.Dynamic, Dimension.Range(1, 512));

        await Assert.That(shape.ToString()).IsEqualTo("(1,3,-1,[1~512])");
        await Assert.That(new PartialShape().ToString()).IsEqualTo("()");
        await Assert.That(PartialShape.DynamicRank.ToString()).IsEqualTo("(...)");
    }

    [Test]
    public async Task Shape_ContainsShapesOfItsRankWithinItsBounds()
    {
        PartialShape shape = new(Dimension.Dynamic, Dimension.Range(1, 4));

        await Assert.That(shape.Contains([7, 4])).IsTrue();
        await Assert.That(shape.Contains([7, 5])).IsFalse();
        await Assert.That(shape.Contains([7])).IsFalse();
        await Assert.That(new PartialShape().Contains([])).IsTrue();
        await Assert.That(new PartialShape().Contains([1])).IsFalse();
        await Assert.That(PartialShape.DynamicRank.Contains([1, 2, 3])).IsTrue();
    }

    [Test]
    public async Task Scalar_AndUnknownRank_AreNotTheSame()
    {
        await Assert.That(new PartialShape().Equals(PartialShape.DynamicRank)).IsFalse();
        await Assert.That(new PartialShape().IsStatic).IsTrue();
        await Assert.That(PartialShape.DynamicRank.IsStatic).IsFalse();
        await Assert.That(PartialShape.DynamicRank.HasRank).IsFalse();
    }

    [Test]
    public async Task EqualShapes_HashAlike()
    {
        PartialShape one = new(Dimension.Of(1), Dimension.Range(1, 4));
        PartialShape same = new(Dimension.Of(1), Dimension.Range(1, 4));

        await Assert.That(one).IsEqualTo(same);
        await Assert.That(one.GetHashCode()).IsEqualTo(same.GetHashCode());
        await Assert.That(one.Equals(new PartialShape(Dimension.Of(1), Dimension.Range(1, 5)))).IsFalse();
    }

    [Test]
    public async Task OnlyStaticShapes_TurnIntoNumbers()
    {
        await Assert.That(PartialShape.Of(2, 0, 5).ToShape()).IsEquivalentTo([2L, 0L, 5L], CollectionOrdering.Matching);
        await Assert.That(() => new PartialShape(Dimension.Dynamic).ToShape()).Throws<InvalidOperationException>();
    }
}
