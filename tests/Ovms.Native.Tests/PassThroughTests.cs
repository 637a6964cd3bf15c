using System.Text;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>A model that hands an input on as an output: OpenVINO takes the two ports for one, by index too.</summary>
public class PassThroughTests
{
    [Test]
    public async Task InputAndOutput_ShareAName()
    {
        using CompiledModel compiled = Cpu.Compile("passthrough_string");

        await Assert.That(compiled.Inputs.Count).IsEqualTo(1);
        await Assert.That(compiled.Outputs.Count).IsEqualTo(1);
        await Assert.That(compiled.Inputs[0].Name).IsEqualTo("my_name");
        await Assert.That(compiled.Outputs[0].Name).IsEqualTo("my_name");
    }

    [Test]
    public async Task Output_IsTheInputTensorItself()
    {
        using CompiledModel compiled = Cpu.Compile("passthrough_string");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = OneString("text");
        request.SetInput(0, input);

        request.Infer();

        using Tensor output = request.GetOutput(0);
        await Assert.That(AddressOf(output)).IsEqualTo(AddressOf(input));
    }

    [Test]
    public async Task SettingTheOutput_ReplacesTheInput()
    {
        using CompiledModel compiled = Cpu.Compile("passthrough_string");
        using InferRequest request = compiled.CreateInferRequest();
        using Tensor input = OneString("in");
        using Tensor output = OneString("out");
        request.SetInput(0, input);

        request.SetOutput(0, output);

        using Tensor gotInput = request.GetInput(0);
        await Assert.That(Encoding.UTF8.GetString(gotInput.GetString(0))).IsEqualTo("out");
    }

    private static Tensor OneString(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return Tensor.CreateStrings([1], [bytes.Length], bytes);
    }

    private static unsafe long AddressOf(Tensor tensor) => (long)tensor.Data;
}
