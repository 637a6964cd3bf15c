using Ovms.Generation.Models;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Tests.Generation.Models;

/// <summary>How much memory a token of a paged model takes.</summary>
public class KvPlanTests
{
    [Test]
    public async Task Bytes_FollowFromTypesAndShapes()
    {
        // 30 layers, 3 heads of 64: keys with scales by channel, values with scales by token.
        PortInfo[] inputs =
        [
            Port(0, "input_ids", ElementType.I64, -1),
            .. Enumerable.Range(0, 30).SelectMany(static layer => new[]
            {
                Port((2 * layer) + 1, $"key_cache.{layer}", ElementType.U8, -1, 3, 40, 64), Port((2 * layer) + 2, $"value_cache.{layer}", ElementType.U8, -1, 3, 32, 72),
            }),
        ];
        KvPlan plan = KvPlan.Read(inputs).Value!;
        await Assert.That((plan.BlockTokens, plan.BlockBytes, plan.HasTables, plan.Precision)).IsEqualTo((32, 437_760L, false, "U8"));
        await Assert.That(plan.BlocksIn(1L << 30, 0, 0).Value).IsEqualTo(2452);
        await Assert.That(plan.BlocksIn(1L << 30, 0, 8192).Value).IsEqualTo(256);
    }

    [Test]
    public async Task StateTables_AreTakenFromTheBudget()
    {
        PortInfo[] inputs =
        [
            Port(0, "key_cache.0", ElementType.U8, -1, 2, 40, 16), Port(1, "value_cache.0", ElementType.U4, -1, 2, 32, 32),
            Port(2, "conv_state_table.0", ElementType.BF16, -1, 128, 4), Port(3, "gated_delta_state_table.0", ElementType.F32, -1, 4, 16, 16),
        ];
        KvPlan plan = KvPlan.Read(inputs).Value!;
        await Assert.That((plan.BlockBytes, plan.RowBytes, plan.Precision)).IsEqualTo((1280L + 1024, 1024L + 4096, "U8/U4"));
        await Assert.That(plan.BlocksIn(100_000, 10, 0).Value).IsEqualTo((100_000 - 51_200) / 2304);
        await Assert.That(plan.BlocksIn(50_000, 10, 0).Text).Contains("besides 10 rows of states of 5120 bytes; allow fewer sequences or a larger cache");
    }

    // Rows of 5,120 bytes and blocks of 2,304: two rows a sequence, and an eighth of what is left for those that are kept.
    [Test]
    [Arguments(1_000_000L, 5, 0L, false, 10)]
    [Arguments(1_000_000L, 5, 0L, true, 10 + (948_800 / 8 / 5120))]
    [Arguments(1_000_000L, 5, 320L, true, 10 + 10)]
    [Arguments(52_000L, 5, 0L, true, 10)]
    [Arguments(40_000L, 5, 0L, true, 10)]
    public async Task RowsThatAreKept_AreBounded(long bytes, int sequences, long mostTokens, bool keeps, int rows)
    {
        PortInfo[] inputs =
        [
            Port(0, "key_cache.0", ElementType.U8, -1, 2, 40, 16), Port(1, "value_cache.0", ElementType.U4, -1, 2, 32, 32),
            Port(2, "conv_state_table.0", ElementType.BF16, -1, 128, 4), Port(3, "gated_delta_state_table.0", ElementType.F32, -1, 4, 16, 16),
        ];
        await Assert.That(KvPlan.Read(inputs).Value!.RowsIn(bytes, sequences, mostTokens, keeps)).IsEqualTo(rows);
        PortInfo[] plain = [inputs[0], inputs[1]];
        await Assert.That(KvPlan.Read(plain).Value!.RowsIn(bytes, sequences, mostTokens, keeps)).IsEqualTo(0);
    }

    [Test]
    [Arguments(100L, 1)]
    [Arguments(1000L, 1)]
    [Arguments(2500L, 3)]
    [Arguments(100_000L, 8)]
    public async Task LargeStates_AreKeptFartherApart(long rowBytes, int blocks)
    {
        await Assert.That(new KvFacts("U8", 32, 10, 1000, rowBytes, 10).StateInterval).IsEqualTo(blocks);
    }

    [Test]
    public async Task CachesOfAnotherForm_AreRefused()
    {
        PortInfo key = Port(0, "key_cache.0", ElementType.F32, -1, 2, 32, 16);
        await Assert.That(KvPlan.Read([key]).Code).IsEqualTo(StatusCode.ModelNotLoaded);
        await Assert.That(KvPlan.Read([key, Port(1, "value_cache.0", ElementType.F32, -1, 2, 32, -1)]).Text).Contains("value_cache.0");
        await Assert.That(KvPlan.Read([key, Port(1, "value_cache.0", ElementType.String, -1, 2, 32, 16)]).Text).Contains("String");
        await Assert.That(KvPlan.Read([]).IsOk).IsFalse();
    }

    private static PortInfo Port(int index, string name, ElementType type, params long[] shape) => new(
        index, name, type, new PartialShape([.. shape.Select(static size => size < 0 ? Dimension.Dynamic : Dimension.Of(size))]));
}
