using Ovms.Native.Interop;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Shapes cross by value; the C API's own constructors refuse rank 0.</summary>
public class ShapeTests
{
    [Test]
    public async Task Structs_HaveTheSizesOfTheHeaders()
    {
        (int shape, int dimension, int partialShape, int property, int callback) = Sizes();
        await Assert.That((shape, dimension, partialShape, property, callback)).IsEqualTo((16, 16, 24, 16, 16));
    }

    [Test]
    public async Task RankZero_IsRefusedByTheCConstructors()
    {
        await Assert.That(CreateShapeOfRankZero()).IsEqualTo(OvStatus.InvalidCParam);
        await Assert.That(CreatePartialShapeOfRankZero()).IsEqualTo(OvStatus.InvalidCParam);
    }

    [Test]
    public async Task RankZero_CannotBeReadFromATensor()
    {
        using Tensor scalar = Tensor.Allocate(ElementType.F32, []);
        await Assert.That(NativeShapeStatus(scalar)).IsEqualTo(OvStatus.InvalidCParam);
    }

    [Test]
    public async Task SetShape_KeepsMemoryThatFitsAndReplacesMemoryThatDoesNot()
    {
        using Tensor tensor = Cpu.Filled<int>(ElementType.I32, [4], [1, 2, 3, 4]);
        IntPtr before = Address(tensor);

        tensor.SetShape([2]);
        await Assert.That(Cpu.Values<int>(tensor)).IsEquivalentTo([1, 2], CollectionOrdering.Matching);
        await Assert.That(Address(tensor)).IsEqualTo(before);
        tensor.SetShape([0]);
        await Assert.That(tensor.Count).IsEqualTo(0);
        tensor.SetShape([64, 1024]);
        await Assert.That(tensor.GetShape()).IsEquivalentTo([64L, 1024L], CollectionOrdering.Matching);
        tensor.Bytes.Fill(7);
    }

    [Test]
    public async Task SetShape_IsSeenByTheRequestThatHasTheTensor()
    {
        using CompiledModel compiled = Cpu.Compile("dynamic");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [2, 2], [1, 2, 3, 4]);
        request.SetInput(0, input);
        request.Infer();
        input.SetShape([1, 3]);
        request.Infer();
        using Tensor output = request.GetOutput(0);
        await Assert.That(Cpu.Values<float>(output)).IsEquivalentTo([2f, 4f, 6f], CollectionOrdering.Matching);
    }

    [Test]
    public async Task SetShape_OverHostMemoryCannotGrow()
    {
        using Tensor tensor = OverFourBytes();
        await Assert.That(() => tensor.SetShape([2])).Throws<OpenVinoException>();
    }

    [Test]
    public async Task Scalar_IsATensorOfOneElementWithoutDimensions()
    {
        using Tensor scalar = Tensor.Allocate(ElementType.F64, []);

        await Assert.That(scalar.GetShape()).IsEmpty();
        await Assert.That(scalar.GetShape(new long[1])).IsEqualTo(0);
        await Assert.That(scalar.Count).IsEqualTo(1);
        await Assert.That(scalar.ByteSize).IsEqualTo((nuint)8);
    }

    [Test]
    public async Task ScalarModel_TakesAndGivesAScalar()
    {
        using CompiledModel compiled = Cpu.Compile("scalar");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [], [7.5f]);

        request.SetInput(0, input);
        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(compiled.Inputs[0].Shape).IsEqualTo(new PartialShape());
        await Assert.That(output.GetShape()).IsEmpty();
        await Assert.That(Cpu.Values<float>(output)).IsEquivalentTo([7.5f], CollectionOrdering.Matching);
    }

    [Test]
    public async Task DynamicPorts_ShowTheirBounds()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dynamic"));

        await Assert.That(model.IsDynamic).IsTrue();
        await Assert.That(model.Inputs[0].Shape).IsEqualTo(new PartialShape(Dimension.Dynamic, Dimension.Range(1, 512)));
        await Assert.That(model.Inputs[0].Shape.ToString()).IsEqualTo("(-1,[1~512])");
        await Assert.That(model.Inputs[0].Name).IsEqualTo("x");
    }

    [Test]
    public async Task Reshape_MakesADynamicModelStaticAndBack()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dynamic"));

        model.Reshape([KeyValuePair.Create(0, PartialShape.Of(3, 4))]);
        (bool isDynamic, PartialShape output) = (model.IsDynamic, model.Outputs[0].Shape);
        PartialShape bounded = new(Dimension.Range(1, 8), Dimension.Of(4));
        model.Reshape([KeyValuePair.Create(0, bounded)]);

        await Assert.That(isDynamic).IsFalse();
        await Assert.That(output).IsEqualTo(PartialShape.Of(3, 4));
        await Assert.That(model.Outputs[0].Shape).IsEqualTo(bounded);
    }

    [Test]
    public async Task Reshape_OfSeveralInputs_GivesEachItsOwn()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("all_types"));

        model.Reshape([.. model.Inputs.Select(static port => KeyValuePair.Create(port.Index, PartialShape.Of(port.Index + 1, 4)))]);

        await Assert.That(model.Inputs.Select(static port => port.Shape[0].Min)).IsEquivalentTo(Enumerable.Range(1, 13).Select(static i => (long)i), CollectionOrdering.Matching);
    }

    [Test]
    public async Task Reshape_OfAnInputThatIsNotThere_IsRefusedBeforeTheCall()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));

        await Assert.That(() => model.Reshape([KeyValuePair.Create(1, PartialShape.Of(1, 10))])).Throws<ArgumentOutOfRangeException>();
    }

    [Test]
    public async Task PartialShape_ArrivesWholeByValue()
    {
        PartialShape open = new(Dimension.Dynamic, Dimension.Range(1, 512), Dimension.Range(2, -1), Dimension.Of(9));

        await Assert.That(NativeText(open)).IsEqualTo("{?,1..512,2..,9}");
        await Assert.That(NativeText(PartialShape.Of(3))).IsEqualTo("{3}");
    }

    [Test]
    public async Task RankZero_ByValue_IsTakenForAnUnknownRank()
    {
        await Assert.That(NativeText(new PartialShape())).IsEqualTo("?");
        await Assert.That(NativeText(PartialShape.DynamicRank)).IsEqualTo("?");
    }

    [Test]
    public async Task Reshape_ToAScalarOrToNoRank_IsRefusedUnlessItIsThatAlready()
    {
        using Core core = new();
        using Model scalar = core.ReadModel(Repo.Model("scalar"));
        using Model dummy = core.ReadModel(Repo.Model("dummy"));

        scalar.Reshape([KeyValuePair.Create(0, new PartialShape())]);

        await Assert.That(scalar.Inputs[0].Shape).IsEqualTo(new PartialShape());
        await Assert.That(() => dummy.Reshape([KeyValuePair.Create(0, new PartialShape())])).Throws<ArgumentException>();
        await Assert.That(() => dummy.Reshape([KeyValuePair.Create(0, PartialShape.DynamicRank)])).Throws<ArgumentException>();
    }

    [Test]
    public async Task PortWithoutRank_IsReadAsSuch()
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "norank.xml");
        File.WriteAllText(path, """
            <?xml version="1.0"?>
            <net name="norank" version="11">
              <layers>
                <layer id="0" name="x" type="Parameter" version="opset1"><data shape="..." element_type="f32"/><output><port id="0" precision="FP32"/></output></layer>
                <layer id="1" name="y" type="Relu" version="opset1"><input><port id="0"/></input><output><port id="1" precision="FP32"/></output></layer>
                <layer id="2" name="r" type="Result" version="opset1"><input><port id="0"/></input></layer>
              </layers>
              <edges>
                <edge from-layer="0" from-port="0" to-layer="1" to-port="0"/>
                <edge from-layer="1" from-port="1" to-layer="2" to-port="0"/>
              </edges>
            </net>
            """);
        using Core core = new();
        using Model model = core.ReadModel(path);

        await Assert.That(model.Inputs[0].Shape).IsEqualTo(PartialShape.DynamicRank);
        await Assert.That(model.Inputs[0].Name).IsNull();
        await Assert.That(model.IsDynamic).IsTrue();
    }

    [Test]
    public async Task EmptyTensors_NeedNoMemoryFromTheCaller()
    {
        using Tensor host = EmptyHostTensor();
        using Tensor own = Tensor.Allocate(ElementType.I64, [0, 4]);

        await Assert.That(host.Count).IsEqualTo(0);
        await Assert.That(host.GetShape()).IsEquivalentTo([2L, 0L, 3L], CollectionOrdering.Matching);
        await Assert.That(own.GetShape()).IsEquivalentTo([0L, 4L], CollectionOrdering.Matching);
        await Assert.That(own.Bytes.Length).IsEqualTo(0);
    }

    [Test]
    public async Task ShapesThatCannotBe_AreRefusedBeforeTheCall()
    {
        await Assert.That(() => Tensor.Allocate(ElementType.F32, [1, -1])).Throws<ArgumentException>();
        await Assert.That(() => Tensor.Allocate(ElementType.F32, [long.MaxValue, 2])).Throws<ArgumentException>();
        await Assert.That(() => Tensor.Allocate(ElementType.F32, [1L << 40, 1L << 40])).Throws<ArgumentException>();
        await Assert.That(() => Tensor.Allocate(ElementType.Dynamic, [1])).Throws<ArgumentException>();
        await Assert.That(() => Tensor.Allocate((ElementType)99, [1])).Throws<ArgumentException>();
        await Assert.That(NullHostTensor).Throws<ArgumentNullException>();
    }

    [Test]
    public async Task ShapeIntoASpanThatIsTooShort_SaysSo()
    {
        using Tensor tensor = Tensor.Allocate(ElementType.U8, [1, 2, 3]);
        long[] destination = new long[4];

        await Assert.That(tensor.GetShape(destination)).IsEqualTo(3);
        await Assert.That(destination).IsEquivalentTo([1L, 2L, 3L, 0L], CollectionOrdering.Matching);
        await Assert.That(() => tensor.GetShape(new long[2])).Throws<ArgumentException>();
    }

    private static unsafe (int, int, int, int, int) Sizes() =>
        (sizeof(ov_shape_t), sizeof(ov_dimension_t), sizeof(ov_partial_shape_t), sizeof(ov_property_t), sizeof(ov_callback_t));

    private static unsafe OvStatus CreateShapeOfRankZero()
    {
        ov_shape_t shape = default;
        long dim = 0;
        return Raw.ShapeCreate(0, &dim, &shape);
    }

    private static unsafe OvStatus CreatePartialShapeOfRankZero()
    {
        ov_partial_shape_t shape = default;
        ov_dimension_t dim = default;
        return Raw.PartialShapeCreate(0, &dim, &shape);
    }

    private static unsafe OvStatus NativeShapeStatus(Tensor tensor)
    {
        ov_shape_t shape = default;
        return OpenVino.ov_tensor_get_shape(tensor.Handle, &shape);
    }

    private static string NativeText(PartialShape shape)
    {
        ov_dimension_t[] pinned = GC.AllocateArray<ov_dimension_t>(shape.Rank + 1, pinned: true);
        string text = Raw.PartialShapeText(shape.ToNative(pinned));
        GC.KeepAlive(pinned);
        return text;
    }

    private static unsafe Tensor EmptyHostTensor() => Tensor.FromHost(ElementType.F32, [2, 0, 3], null);

    private static unsafe void NullHostTensor() => Tensor.FromHost(ElementType.F32, [2], null).Dispose();

    private static readonly byte[] s_fourBytes = GC.AllocateArray<byte>(4, pinned: true);

    private static unsafe Tensor OverFourBytes()
    {
        fixed (byte* data = s_fourBytes)
            return Tensor.FromHost(ElementType.I32, [1], data);
    }

    private static unsafe IntPtr Address(Tensor tensor) => (IntPtr)tensor.Data;
}
