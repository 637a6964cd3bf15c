using Ovms.Native;
using Ovms.Serving.Batches;
using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Batches;

/// <summary>Which models compute waiting calls together, and what is said of the others.</summary>
public sealed class BatchMakerTests
{
    private const string Numpy = "auto_broadcast=\"numpy\" ";

    [Test]
    [Arguments("ReLU", "1,4", "", null)]
    [Arguments("ReLU", "3,4", "", null)]
    [Arguments("SoftMax", "1,4", "axis=\"1\" ", null)]
    [Arguments("SoftMax", "1,4", "axis=\"0\" ", "its rows depend on each other: output y has other values if rows are computed together")]
    [Arguments("Unsqueeze", "1,1,4", "0", "output y is (1,[1~32],4) then, which is not a row for each row of the inputs")]
    [Arguments("Unsqueeze", "1,1,4", "1", null)]
    public async Task Model_ShowsThatItsRowsAreIndependent(string layer, string output, string data, string? why)
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        string input = layer == "Unsqueeze" ? "1,4" : output;
        int x = ir.Parameter("x", input);
        ir.Result(layer == "Unsqueeze" ? ir.Layer(layer, output, [x, ir.Numbers(int.Parse(data))]) : ir.Layer(layer, output, [x], data), "y");
        ir.WriteTo(folder.Path);
        await IsMadeUnlessAsync(BatchModel.Load(folder.Path), why);
    }

    [Test]
    public async Task ModelOfTexts_IsLeftAlone() =>
        await IsMadeUnlessAsync(BatchModel.Load(Path.Combine(Repo.Model("passthrough_string"), "1")), "input my_name is STRING");

    [Test]
    public async Task ModelOfFixedBatch_IsComputedTogether() => await IsMadeUnlessAsync(BatchModel.Load(Path.Combine(Repo.Model("dummy"), "1")), null);

    [Test]
    public async Task ModelWithTheBatchElsewhere_IsLeftAlone() => await IsMadeUnlessAsync(
        BatchModel.Load(Path.Combine(Repo.Model("dummy"), "1"), layout: "CN"), "the first dimension of input b (1,10) CN is not the batch");

    [Test]
    public async Task SwitchedOff_ThereIsNoSuchForm()
    {
        using LoadedModel loaded = BatchModel.Load(Path.Combine(Repo.Model("dummy"), "1"), limit: "off");
        await Assert.That((loaded.BatchForm is null, loaded.Throughput is null)).IsEqualTo((true, false));
    }

    [Test]
    public async Task ModelThatKeepsState_HasNoSuchForm()
    {
        using LoadedModel loaded = BatchModel.Load(Path.Combine(Repo.Model("accumulator"), "1"));
        await Assert.That(loaded.BatchForm).IsNull();
    }

    // Each row takes what is between the layers, in every stream.
    [Test]
    public async Task Memory_GrowsWithTheRows()
    {
        using LoadedModel few = BatchModel.Load(Path.Combine(Repo.Model("dummy"), "1"), limit: "2");
        using LoadedModel many = BatchModel.Load(Path.Combine(Repo.Model("dummy"), "1"), limit: "1024");
        await Assert.That(many.BatchForm!.Bytes - few.BatchForm!.Bytes).IsGreaterThanOrEqualTo((1024 - 2) * 80);
    }

    [Test]
    [Arguments(ElementType.F32, 1f, 1.005f, true)]
    [Arguments(ElementType.F32, 1f, 1.02f, false)]
    [Arguments(ElementType.F32, float.NaN, float.NaN, true)]
    [Arguments(ElementType.F32, 1f, float.NaN, false)]
    [Arguments(ElementType.I64, 1000f, 1001f, false)]
    public async Task Rows_AreTheSameWithinATolerance(ElementType type, float alone, float together, bool isSame)
    {
        Signature signature = new([], [Inference.Requests.Port("y", PartialShape.Of(1, 2), type)]);
        RowProof proof = new(signature, null!, most: 3);
        string? found = proof.FindDifference([[[alone, 0.5]]], [[together, 0.5]]);
        await Assert.That(found).IsEqualTo(isSame ? null : "y");
    }

    /// <summary>Boxes in pixels beside scores from 0 to 1, in the last dimension or in the one before it.</summary>
    [Test]
    [Arguments(8, 2)]
    [Arguments(2, 8)]
    public async Task ScoresBesideLargeValues_HaveTheirOwnTolerance(int rows, int columns)
    {
        bool isScore(int i) => (columns == 2 ? i % columns : i / columns) == 1;
        Signature signature = new([], [Inference.Requests.Port("y", PartialShape.Of(3, rows, columns), ElementType.F32)]);
        RowProof proof = new(signature, null!, most: 3);
        double[][] row = [[.. Enumerable.Range(0, 16).Select(i => isScore(i) ? 0.5 : 640)]];
        double[][] close = [[.. Enumerable.Range(0, 48).Select(i => isScore(i % 16) ? 0.504 : 643)]];
        double[][] mixed = [[.. Enumerable.Range(0, 48).Select(i => isScore(i % 16) ? 0.9 : 640)]];
        await Assert.That(proof.FindDifference([row, row, row], close)).IsNull();
        await Assert.That(proof.FindDifference([row, row, row], mixed)).IsEqualTo("y");
    }

    /// <summary>y = x + max(x) / 128: exact within 1 % for rows alike.</summary>
    [Test]
    public async Task ScaleOfAllRowsTogether_IsFound()
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        int x = ir.Parameter("x", "1,4");
        int largest = ir.Layer("ReduceMax", "1,1", [x, ir.Numbers(0, 1)], "keep_dims=\"true\" ");
        int much = largest;
        for (int i = 0; i < 7; i++)
        {
            much = ir.Layer("Add", "1,1", [much, much], Numpy);
        }

        int small = ir.Layer("Divide", "1,1", [ir.Layer("Multiply", "1,1", [largest, largest], Numpy), much], Numpy + "m_pythondiv=\"true\" ");
        ir.Result(ir.Layer("Add", "1,4", [x, small], Numpy), "y");
        ir.WriteTo(folder.Path);
        await IsMadeUnlessAsync(
            BatchModel.Load(folder.Path),
            "its rows depend on each other: output y of a row of small values has other values beside a row of large ones");
    }

    [Test]
    public async Task TwoRows_AreEnough() => await IsMadeUnlessAsync(BatchModel.Load(Path.Combine(Repo.Model("dummy"), "1"), limit: "2"), null);

    [Test]
    public async Task OutputThatIsTheSameForAllRows_ShowsNothing()
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        int a = ir.Parameter("a", "1,4");
        ir.Result(ir.Layer("ReLU", "1,4", [a]), "y");
        ir.Result(ir.Layer("Subtract", "1,4", [a, a], Numpy), "z");
        ir.WriteTo(folder.Path);
        await IsMadeUnlessAsync(
            BatchModel.Load(folder.Path),
            "different inputs gave the same values of output z, so that its rows could not be told apart");
    }

    // y repeats the row: what it takes is known only with the columns of a call. 67 MB are more than half of the bound.
    [Test]
    public async Task OutputOfOpenSize_CountsWithTheLatestColumns()
    {
        using TemporaryFolder folder = new();
        TinyIr ir = new();
        int x = ir.Parameter("x", "1,?");
        ir.Result(ir.Layer("Tile", "1,?", [x, ir.Numbers(1, 4_200_000)]), "y");
        ir.WriteTo(folder.Path);
        LoadedModel loaded = BatchModel.Load(folder.Path);
        InferSlot slot = (await loaded.Pool.RentAsync(CancellationToken.None)).Value!;
        slot.SetInput(0, Tensor.Allocate(ElementType.F32, [1, 4]));
        await loaded.Dynamic!.InferAsync(slot, [[1, 4]], CancellationToken.None);
        slot.Return();
        await IsMadeUnlessAsync(loaded, "its rows are too large");
    }

    [Test]
    public async Task GainIsMeasured()
    {
        await Assert.That(BatchPace.IsWorth(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(59), 8)).IsTrue();
        await Assert.That(BatchPace.IsWorth(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(61), 8)).IsFalse();
    }

    private static async Task IsMadeUnlessAsync(LoadedModel loaded, string? why)
    {
        using LoadedModel model = loaded;
        Outcome made = model.BatchForm!.Make();
        await Assert.That(made.Detail).IsEqualTo(why);
        await Assert.That(model.BatchForm.Made is null).IsEqualTo(why is not null);
        await model.BatchForm.EndAsync();
    }
}
