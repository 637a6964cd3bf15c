using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>From file to result.</summary>
public class PlainPathTests
{
    [Test]
    public async Task OneInput_GivesOneOutput()
    {
        using CompiledModel compiled = Cpu.Compile("dummy");
        using InferRequest request = compiled.CreateInferRequest();
        float[] values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], values);

        request.SetInput(0, input);
        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(Cpu.Values<float>(output)).IsEquivalentTo(values.Select(static value => value + 1), CollectionOrdering.Matching);
        await Assert.That(output.GetShape()).IsEquivalentTo([1L, 10L], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Ports_SayWhatTheModelTakesAndGives()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);

        await Assert.That(model.FriendlyName).IsEqualTo("dummy");
        await Assert.That(model.IsDynamic).IsFalse();
        await Assert.That(model.Inputs[0]).IsEqualTo(new PortInfo(0, "b", ElementType.F32, PartialShape.Of(1, 10)));
        await Assert.That(model.Outputs[0]).IsEqualTo(new PortInfo(0, "a", ElementType.F32, PartialShape.Of(1, 10)));
        await Assert.That(compiled.Inputs[0]).IsEqualTo(model.Inputs[0]);
        await Assert.That(compiled.Outputs[0]).IsEqualTo(model.Outputs[0]);
    }

    [Test]
    public async Task Input_IsFoundByEachOfItsNamesAndByNoOther()
    {
        const string Ir = """
            <net name="n" version="11"><layers>
            <layer id="0" name="x" type="Parameter" version="opset1"><data shape="1" element_type="f32"/>
            <output><port id="0" precision="FP32" names="x"/></output></layer>
            <layer id="1" name="y" type="Parameter" version="opset1"><data shape="1" element_type="f32"/>
            <output><port id="0" precision="FP32" names="7,y,second"/></output></layer>
            <layer id="2" name="sum" type="Add" version="opset1"><data auto_broadcast="numpy"/>
            <input><port id="0"/><port id="1"/></input><output><port id="2" precision="FP32" names="sum"/></output></layer>
            <layer id="3" name="r" type="Result" version="opset1"><input><port id="0"/></input></layer></layers>
            <edges><edge from-layer="0" from-port="0" to-layer="2" to-port="0"/><edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
            <edge from-layer="2" from-port="2" to-layer="3" to-port="0"/></edges></net>
            """;
        using Core core = new();
        using Model model = core.ReadModelText(Ir);
        using CompiledModel compiled = core.Compile(model, "CPU", Cpu.None);

        await Assert.That(compiled.IndexOfInput("x")).IsEqualTo(0);
        foreach (string name in new[] { "7", "y", "second" })
            await Assert.That(compiled.IndexOfInput(name)).IsEqualTo(1).Because(name);
        await Assert.That(compiled.IndexOfInput("sum")).IsEqualTo(-1);
        await Assert.That(compiled.IndexOfInput("none")).IsEqualTo(-1);
    }

    [Test]
    public async Task TwoInputs_AreToldApartByIndex()
    {
        using CompiledModel compiled = Cpu.Compile("summator");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor first = Cpu.Filled<float>(ElementType.F32, [1, 10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        using Tensor second = Cpu.Filled<float>(ElementType.F32, [1, 10], [10, 10, 10, 10, 10, 10, 10, 10, 10, 10]);

        request.SetInput(0, first);
        request.SetInput(1, second);
        request.Infer();

        using Tensor sum = request.GetOutput(0);
        await Assert.That(Cpu.Values<float>(sum)).IsEquivalentTo(Enumerable.Range(10, 10).Select(static i => (float)i), CollectionOrdering.Matching);
        await Assert.That(compiled.Inputs.Select(static port => port.Name)).IsEquivalentTo((string?[])["b", "c"], CollectionOrdering.Matching);
    }

    [Test]
    public async Task DynamicModel_GivesEachRequestItsShape()
    {
        using CompiledModel compiled = Cpu.Compile("dynamic");
        using InferRequest request = compiled.CreateInferRequest();
        foreach (long[] shape in (long[][])[[1, 1], [3, 512], [2, 7]])
        {
            using Tensor input = Tensor.Allocate(ElementType.F32, shape);
            input.Bytes.Clear();
            request.SetInput(0, input);
            request.Infer();
            using Tensor output = request.GetOutput(0);
            await Assert.That(output.GetShape()).IsEquivalentTo(shape, CollectionOrdering.Matching);
        }
    }

    [Test]
    public async Task ManyRequestsAtOnce_EachGetTheirOwnResult()
    {
        using CompiledModel compiled = Cpu.Compile("dummy", ("NUM_STREAMS", "2"));
        int wrong = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), (caller, _) =>
        {
            using InferRequest request = compiled.CreateInferRequest();
            for (int i = 0; i < 200; i++)
            {
                float value = (caller * 1000) + i;
                using Tensor input = Cpu.Filled<float>(ElementType.F32, [1, 10], Enumerable.Repeat(value, 10).ToArray());
                request.SetInput(0, input);
                request.Start();
                request.Wait();
                using Tensor output = request.GetOutput(0);
                if (Cpu.Values<float>(output).Any(result => result != value + 1))
                    Interlocked.Increment(ref wrong);
            }
            return ValueTask.CompletedTask;
        });

        await Assert.That(wrong).IsEqualTo(0);
    }
}
