namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A model with two inputs of any number of rows, each through a Softmax, and their sum: different numbers of rows do not go together,
/// which the engine only finds out when it has begun.
/// </summary>
internal sealed class BranchedModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-branched-");

    public BranchedModel()
    {
        string file = System.IO.Path.Combine(_folder.CreateSubdirectory("1").FullName, "branched");
        File.WriteAllBytes($"{file}.bin", []);
        File.WriteAllText(
            $"{file}.xml",
            $"""
            <?xml version="1.0"?>
            <net name="branched" version="11">
              <layers>
                {Parameter(0, "a")}
                {Parameter(1, "b")}
                {Softmax(2, "sa")}
                {Softmax(3, "sb")}
                <layer id="4" name="y" type="Add" version="opset1">
                  <data auto_broadcast="numpy"/>
                  <input>{Port(0)}{Port(1)}</input>
                  <output>{Output(2, "y")}</output>
                </layer>
                <layer id="5" name="result" type="Result" version="opset1"><input>{Port(0)}</input></layer>
              </layers>
              <edges>
                <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
                <edge from-layer="1" from-port="0" to-layer="3" to-port="0"/>
                <edge from-layer="2" from-port="1" to-layer="4" to-port="0"/>
                <edge from-layer="3" from-port="1" to-layer="4" to-port="1"/>
                <edge from-layer="4" from-port="2" to-layer="5" to-port="0"/>
              </edges>
            </net>
            """);
    }

    /// <summary>The model's base path.</summary>
    public string Path => _folder.FullName;

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static string Parameter(int id, string name) =>
        $"""<layer id="{id}" name="{name}" type="Parameter" version="opset1"><data shape="?,4" element_type="f32"/><output>{Output(0, name)}</output></layer>""";

    private static string Softmax(int id, string name) =>
        $"""<layer id="{id}" name="{name}" type="SoftMax" version="opset1"><data axis="1"/><input>{Port(0)}</input><output>{Output(1, name)}</output></layer>""";

    private static string Port(int id) => $"""<port id="{id}" precision="FP32"><dim>-1</dim><dim>4</dim></port>""";

    private static string Output(int id, string name) => $"""<port id="{id}" precision="FP32" names="{name}"><dim>-1</dim><dim>4</dim></port>""";
}
