using Ovms.Native;
using Ovms.Serving.Shapes;
using Ovms.Serving.Signatures;

namespace Ovms.Tests.Serving.Shapes;

public sealed class ShapeHistoryTests
{
    [Test]
    public async Task NothingComputedYet_NeedsNoRemedy()
    {
        ShapeHistory history = new(SignatureOf(Dimension.Dynamic, Dimension.Of(3)));
        await Assert.That(history.Remedies()).IsEmpty();
        await Assert.That(history.Contains([[2, 3]])).IsFalse();
    }

    [Test]
    public async Task Remedies_AreNoExamplesOthersTheLatestAndOneMore()
    {
        ShapeHistory history = new(SignatureOf(Dimension.Dynamic, Dimension.Of(3)));
        history.Remember([[2, 3]]);
        history.Remember([[5, 3]]);
        history.Remember([[5, 3]]);
        await Assert.That(Text(history.Remedies())).IsEqualTo("0x3 2x3 5x3 6x3");
        await Assert.That(history.Contains([[2, 3]])).IsTrue();
    }

    [Test]
    public async Task RememberedAgain_IsTheLatestAndNotTwice()
    {
        ShapeHistory history = new(SignatureOf(Dimension.Dynamic, Dimension.Of(3)));
        history.Remember([[2, 3]]);
        history.Remember([[5, 3]]);
        history.Remember([[2, 3]]);
        await Assert.That(Text(history.Remedies())).IsEqualTo("0x3 5x3 2x3 3x3");
    }

    [Test]
    public async Task NumberOfExamples_StaysWithinWhatTheModelTakes()
    {
        ShapeHistory history = new(SignatureOf(Dimension.Range(1, 4), Dimension.Of(3)));
        history.Remember([[4, 3]]);
        await Assert.That(Text(history.Remedies())).IsEqualTo("4x3");
        history.Remember([[2, 3]]);
        await Assert.That(Text(history.Remedies())).IsEqualTo("4x3 2x3 3x3");
    }

    [Test]
    public async Task WhatIsKnown_IsBounded()
    {
        ShapeHistory history = new(SignatureOf(Dimension.Dynamic, Dimension.Of(3)));
        for (int i = 1; i <= 5000; i++)
        {
            history.Remember([[i, 3]]);
        }

        await Assert.That(history.Contains([[1, 3]])).IsFalse();
        await Assert.That(history.Contains([[4999, 3]])).IsTrue();
        await Assert.That(history.Contains([[5000, 3]])).IsTrue();
        await Assert.That(history.Remedies().Count).IsLessThan(12);
    }

    private static Signature SignatureOf(params Dimension[] dimensions) =>
        new([new TensorInfo(0, "x", ElementType.F32, new PartialShape(dimensions), "N...")], [new TensorInfo(0, "y", ElementType.F32, new PartialShape(dimensions), "N...")]);

    private static string Text(IReadOnlyList<long[][]> remedies) => string.Join(' ', remedies.Select(static remedy => string.Join('x', remedy[0])));
}
