using Ovms.Generation.Models;
using Ovms.Generation.Steps;

namespace Ovms.Tests.Generation.Models;

/// <summary>What the engine may expect of a model that keeps its state itself.</summary>
public class StatefulModelTests
{
    private const float Rounding = 1e-4f;

    [Test]
    [Arguments(1)]
    [Arguments(7)]
    [Arguments(33)]
    public async Task Prompt_MayComeInPiecesOfAnySize(int size)
    {
        using StatefulModel plain = TinyModel.Plain();
        int[] ids = TinyModel.Ids(60);
        float[][] whole = TinyModel.Rows(plain, ids, [60]);
        await Assert.That(TinyModel.Difference(whole, TinyModel.Rows(plain, ids, TinyModel.Ends(60, size)))).IsLessThan(Rounding);
    }

    [Test]
    public async Task ModelThatComputesWhole_GivesTheSame()
    {
        using StatefulModel plain = TinyModel.Plain();
        int[] ids = TinyModel.Ids(60);
        float[][] whole = TinyModel.Rows(plain, ids, [60]);
        plain.IsWhole = true;
        await Assert.That(TinyModel.Difference(whole, TinyModel.Rows(plain, ids, [20, 25, 26, 60]))).IsLessThan(Rounding);

        // Few tokens after many, of which the last is wanted: one after the other.
        plain.Run([TinyModel.Entry(plain, ids, 0, 57, [])]);
        plain.Run([TinyModel.Entry(plain, ids, 57, 60, []) with { SampleFrom = 59 }]);
        await Assert.That(TinyModel.Difference([whole[59]], [plain.Logits(0).ToArray()])).IsLessThan(Rounding);
    }

    [Test]
    public async Task Sequences_DoNotSeeEachOther()
    {
        using StatefulModel plain = TinyModel.Plain();
        int[] first = TinyModel.Ids(30, 1);
        int[] second = TinyModel.Ids(20, 2);
        float[][] alone = [TinyModel.Rows(plain, first, [30])[29], TinyModel.Rows(plain, second, [20])[19]];

        plain.Run([TinyModel.Entry(plain, first, 0, 29, [], 3), TinyModel.Entry(plain, second, 0, 10, [], 5)]);
        plain.Run([TinyModel.Entry(plain, second, 10, 20, [], 5) with { SampleFrom = 19 }, TinyModel.Entry(plain, first, 29, 30, [], 3)]);
        await Assert.That(TinyModel.Difference([alone[1], alone[0]], [plain.Logits(0).ToArray(), plain.Logits(1).ToArray()])).IsLessThan(Rounding);
    }

    [Test]
    public async Task StepThatRunsAgain_IsNotComputedTwice()
    {
        using StatefulModel plain = TinyModel.Plain();
        int[] ids = TinyModel.Ids(31);
        float[][] all = TinyModel.Rows(plain, ids, [31]);
        plain.Run([TinyModel.Entry(plain, ids, 0, 30, [])]);
        StepEntry last = TinyModel.Entry(plain, ids, 30, 31, []);
        plain.Run([last]);
        plain.Run([last]);
        await Assert.That(TinyModel.Difference([all[30]], [plain.Logits(0).ToArray()])).IsLessThan(Rounding);
    }

    [Test]
    public async Task AfterRestart_ASequenceIsComputedFromItsFirstToken()
    {
        using StatefulModel plain = TinyModel.Plain();
        int[] ids = TinyModel.Ids(31);
        float[][] all = TinyModel.Rows(plain, ids, [31]);
        plain.Run([TinyModel.Entry(plain, ids, 0, 30, [])]);
        plain.Restart();
        // Even if the engine asks for the last one only.
        plain.Run([TinyModel.Entry(plain, ids, 30, 31, [])]);
        await Assert.That(TinyModel.Difference([all[30]], [plain.Logits(0).ToArray()])).IsLessThan(Rounding);
    }

    [Test]
    public async Task NoWantedRow_IsAllowed()
    {
        using StatefulModel plain = TinyModel.Plain();
        int[] ids = TinyModel.Ids(31);
        float[][] all = TinyModel.Rows(plain, ids, [31]);
        await Assert.That(plain.Run([TinyModel.Entry(plain, ids, 0, 30, []) with { SampleFrom = 30 }]).IsOk).IsTrue();
        await Assert.That(plain.Run([TinyModel.Entry(plain, ids, 30, 31, [])]).IsOk).IsTrue();
        await Assert.That(TinyModel.Difference([all[30]], [plain.Logits(0).ToArray()])).IsLessThan(Rounding);
    }
}
