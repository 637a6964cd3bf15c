using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Sequences;

/// <summary>A model that adds two inputs of any number of rows: that two numbers do not go together shows only when it computes.</summary>
internal sealed class UnequalRows : IDisposable
{
    private readonly CompiledModel _compiled;

    public UnequalRows()
    {
        using TemporaryFolder folder = new();
        string xml = $"""
            <?xml version="1.0"?>
            <net name="add" version="11">
              <layers>
                {Parameter(0, "a")}
                {Parameter(1, "b")}
                <layer id="2" name="y" type="Add" version="opset1"><data auto_broadcast="numpy"/><input>{Port(0)}{Port(1)}</input><output>{Output(2, "y")}</output></layer>
                <layer id="3" name="result" type="Result" version="opset1"><input>{Port(0)}</input></layer>
              </layers>
              <edges>
                <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
                <edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
                <edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>
              </edges>
            </net>
            """;
        folder.Write("add.bin", []);
        using Model model = Engine.Core.ReadModel(folder.Write("add.xml", System.Text.Encoding.UTF8.GetBytes(xml)));
        _compiled = Engine.Compile(model);
    }

    public InferSlot MakeSlot(SequenceId sequence) => new(new RequestRun(_compiled.CreateInferRequest(), canBeCancelled: false), 2) { Sequence = sequence };

    public static ValueTask<EngineFault> InferAsync(InferSlot slot, long rows, long others)
    {
        slot.SetInput(0, Tensor.Allocate(ElementType.F32, [rows, 4]));
        slot.SetInput(1, Tensor.Allocate(ElementType.F32, [others, 4]));
        return slot.InferAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _compiled.Dispose();

    private static string Parameter(int id, string name) =>
        $"""<layer id="{id}" name="{name}" type="Parameter" version="opset1"><data shape="?,4" element_type="f32"/><output>{Output(0, name)}</output></layer>""";

    private static string Port(int id) => $"""<port id="{id}" precision="FP32"><dim>-1</dim><dim>4</dim></port>""";

    private static string Output(int id, string name) => $"""<port id="{id}" precision="FP32" names="{name}"><dim>-1</dim><dim>4</dim></port>""";
}
