using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Conversions built into the model.</summary>
public class PrePostProcessorTests
{
    private const int Height = 4;
    private const int Width = 5;
    private const int Channels = 3;
    private const int Size = Channels * Height * Width;

    [Test]
    public async Task Layout_IsTransposedOnTheWayIn()
    {
        float[] nhwc = [.. Enumerable.Range(0, Size).Select(static i => (float)i)];

        float[] output = Run(static input => input.SetLayout("NHWC").SetModelLayout("NCHW"), ElementType.F32, [1, Height, Width, Channels], nhwc);

        // What stood at [h, w, c] is at [c, h, w], plus one.
        float[] expected = new float[Size];
        for (int i = 0; i < Size; i++)
            expected[(i % Channels * Height * Width) + (i / Channels)] = nhwc[i] + 1;
        await Assert.That(output.SequenceEqual(expected)).IsTrue();
    }

    [Test]
    public async Task Build_ChangesTheModelItWasMadeOf()
    {
        using Core core = new();
        using Model read = core.ReadModel(Repo.Model("increment_1x3x4x5"));
        using PrePostProcessor processor = new(read);
        processor.Input(0).SetLayout("NHWC").SetModelLayout("NCHW");
        using Model built = processor.Build();

        await Assert.That(built.Inputs[0].Shape).IsEqualTo(PartialShape.Of(1, Height, Width, Channels));
        await Assert.That(read.Inputs[0].Shape).IsEqualTo(built.Inputs[0].Shape);
        await Assert.That(built.Outputs[0].Shape).IsEqualTo(PartialShape.Of(1, Channels, Height, Width));
    }

    [Test]
    public async Task ElementType_IsConvertedOnTheWayIn()
    {
        byte[] bytes = [.. Enumerable.Range(0, Size).Select(static i => (byte)(i * 4))];

        float[] output = Run(static input => input.SetElementType(ElementType.U8), ElementType.U8, [1, Channels, Height, Width], bytes);

        await Assert.That(output.SequenceEqual(bytes.Select(static value => value + 1f))).IsTrue();
    }

    [Test]
    public async Task MeanAndScale_OfAnIntegerInput_NeedAFloatFirst()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)10, Size)];

        float[] output = Run(
            static input => input.SetElementType(ElementType.U8).SetModelLayout("NCHW").ConvertElementType(ElementType.F32).Mean(4).Scale(2),
            ElementType.U8, [1, Channels, Height, Width], bytes);

        await Assert.That(output.SequenceEqual(Enumerable.Repeat(4f, Size))).IsTrue();
        await Assert.That(() => Run(
            static input => input.SetElementType(ElementType.U8).Mean(4), ElementType.U8, [1, Channels, Height, Width], bytes)).Throws<OpenVinoException>();
    }

    [Test]
    public async Task MeanAndScalePerChannel_ReachEachItsOwn()
    {
        float[] values = [.. Enumerable.Repeat(10f, Size)];

        float[] output = Run(
            static input => input.SetLayout("NCHW").Mean([1, 2, 4]).Scale([1, 2, 3]), ElementType.F32, [1, Channels, Height, Width], values);

        await Assert.That(output[0]).IsEqualTo(10f);
        await Assert.That(output[Height * Width]).IsEqualTo(5f);
        await Assert.That(output[^1]).IsEqualTo(3f);
    }

    [Test]
    public async Task Colours_AreReversed()
    {
        float[] nhwc = [.. Enumerable.Range(0, Size).Select(static i => (float)(i % Channels))];

        float[] converted = Run(
            static input => input.SetLayout("NHWC").SetColorFormat(ColorFormat.Rgb).SetModelLayout("NCHW").ConvertColor(ColorFormat.Bgr),
            ElementType.F32, [1, Height, Width, Channels], nhwc);
        float[] reversed = Run(
            static input => input.SetLayout("NHWC").SetModelLayout("NCHW").ReverseChannels(), ElementType.F32, [1, Height, Width, Channels], nhwc);

        await Assert.That(converted[0]).IsEqualTo(3f);
        await Assert.That(converted[^1]).IsEqualTo(1f);
        await Assert.That(reversed.SequenceEqual(converted)).IsTrue();
    }

    [Test]
    public async Task Gray_CannotBecomeColour() => await Assert.That(() => Run(
        static input => input.SetLayout("NHWC").SetColorFormat(ColorFormat.Gray).SetModelLayout("NCHW").ConvertColor(ColorFormat.Bgr),
        ElementType.F32, [1, Height, Width, 1], new float[Height * Width])).Throws<OpenVinoException>();

    [Test]
    public async Task Resize_TakesAnotherSize()
    {
        float[] output = Run(
            static input => input.SetLayout("NCHW").SetSpatialShape(8, 10).SetModelLayout("NCHW").Resize(ResizeAlgorithm.Nearest),
            ElementType.F32, [1, Channels, 8, 10], [.. Enumerable.Repeat(6f, Channels * 80)]);

        await Assert.That(output.SequenceEqual(Enumerable.Repeat(7f, Size))).IsTrue();
    }

    [Test]
    public async Task OutputElementType_IsConvertedOnTheWayOut()
    {
        using Core core = new();
        using Model read = core.ReadModel(Repo.Model("dummy"));
        using PrePostProcessor processor = new(read);
        processor.Output(0).SetElementType(ElementType.I32);
        using Model model = processor.Build();
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        request.SetInput(0, input);

        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(Cpu.Values<int>(output).SequenceEqual(Enumerable.Range(1, 10))).IsTrue();
    }

    [Test]
    public async Task LayoutThatIsNone_OrDoesNotFit_IsRefused()
    {
        await Assert.That(() => Run(static input => input.SetLayout("N?C(").SetModelLayout("NCHW"), ElementType.F32, [1, 3, 4, 5], new float[Size])).Throws<OpenVinoException>();
        await Assert.That(() => Run(static input => input.SetLayout("NC").SetModelLayout("NCHW"), ElementType.F32, [1, 3, 4, 5], new float[Size])).Throws<OpenVinoException>();
    }

    [Test]
    public async Task PortThatIsNotThere_IsRefused()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        using PrePostProcessor processor = new(model);

        await Assert.That(() => processor.Input(1)).Throws<OpenVinoException>();
        await Assert.That(() => processor.Output(1)).Throws<OpenVinoException>();
    }

    private static float[] Run<T>(Action<PreProcessInput> configure, ElementType type, long[] shape, T[] values) where T : unmanaged
    {
        using Core core = new();
        using Model read = core.ReadModel(Repo.Model("increment_1x3x4x5"));
        using PrePostProcessor processor = new(read);
        configure(processor.Input(0));
        using Model model = processor.Build();
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = Cpu.Filled<T>(type, shape, values);
        request.SetInput(0, input);
        request.Infer();
        using Tensor output = request.GetOutput(0);
        return Cpu.Values<float>(output);
    }
}
