using System.Globalization;
using System.Text;

namespace Ovms.Native.Tests.Setup;

/// <summary>
/// A model that runs for some hundreds of milliseconds on any machine: one matrix multiplied by itself over and over, on one
/// thread. A cancelled inference stops between two multiplications.
/// </summary>
internal static class SlowModel
{
    private const int Side = 1024;
    private const int Multiplications = 12;

    /// <summary>Number of elements of its one input and of its one output.</summary>
    internal const int Elements = Side * Side;

    internal static readonly long[] Shape = [Side, Side];

    internal static CompiledModel Compile()
    {
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "slow.xml");
        File.WriteAllText(path, Xml());
        using Core core = new();
        using Model model = core.ReadModel(path);
        return core.Compile(model, "CPU", Cpu.Properties(("NUM_STREAMS", "1"), ("INFERENCE_NUM_THREADS", "1"), ("INFERENCE_PRECISION_HINT", "f32")));
    }

    private static string Xml()
    {
        StringBuilder layers = new();
        StringBuilder edges = new();
        layers.Append(CultureInfo.InvariantCulture, $"""<layer id="0" name="x" type="Parameter" version="opset1"><data shape="{Side},{Side}" element_type="f32"/><output>{Port(0)}</output></layer>""");
        for (int i = 1; i <= Multiplications; i++)
        {
            layers.Append(CultureInfo.InvariantCulture, $"""<layer id="{i}" name="m{i}" type="MatMul" version="opset1"><data transpose_a="false" transpose_b="false"/><input>{Port(0)}{Port(1)}</input><output>{Port(2)}</output></layer>""");
            edges.Append(CultureInfo.InvariantCulture, $"""<edge from-layer="{i - 1}" from-port="{(i == 1 ? 0 : 2)}" to-layer="{i}" to-port="0"/>""");
            edges.Append(CultureInfo.InvariantCulture, $"""<edge from-layer="0" from-port="0" to-layer="{i}" to-port="1"/>""");
        }
        layers.Append(CultureInfo.InvariantCulture, $"""<layer id="{Multiplications + 1}" name="y" type="Result" version="opset1"><input>{Port(0)}</input></layer>""");
        edges.Append(CultureInfo.InvariantCulture, $"""<edge from-layer="{Multiplications}" from-port="2" to-layer="{Multiplications + 1}" to-port="0"/>""");
        return $"""<?xml version="1.0"?><net name="slow" version="11"><layers>{layers}</layers><edges>{edges}</edges></net>""";
    }

    private static string Port(int id) =>
        string.Create(CultureInfo.InvariantCulture, $"""<port id="{id}" precision="FP32"><dim>{Side}</dim><dim>{Side}</dim></port>""");
}
