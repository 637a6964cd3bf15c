namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A model whose answer is as large as its caller says: ones in the shape that the two numbers of the request give.</summary>
internal sealed class BroadcastModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-broadcast-");

    public BroadcastModel()
    {
        string file = System.IO.Path.Combine(_folder.CreateSubdirectory("1").FullName, "broadcast");
        File.WriteAllBytes($"{file}.bin", BitConverter.GetBytes(1f));
        File.WriteAllText(
            $"{file}.xml",
            """
            <?xml version="1.0"?>
            <net name="broadcast" version="11">
              <layers>
                <layer id="0" name="one" type="Const" version="opset1"><data element_type="f32" shape="" offset="0" size="4"/>
                  <output><port id="0" precision="FP32"/></output></layer>
                <layer id="1" name="s" type="Parameter" version="opset1"><data shape="2" element_type="i64"/>
                  <output><port id="0" precision="I64" names="s"><dim>2</dim></port></output></layer>
                <layer id="2" name="y" type="Broadcast" version="opset3"><data mode="numpy"/>
                  <input><port id="0" precision="FP32"/><port id="1" precision="I64"><dim>2</dim></port></input>
                  <output><port id="2" precision="FP32" names="y"><dim>-1</dim><dim>-1</dim></port></output></layer>
                <layer id="3" name="result" type="Result" version="opset1"><input><port id="0" precision="FP32"><dim>-1</dim><dim>-1</dim></port></input></layer>
              </layers>
              <edges>
                <edge from-layer="0" from-port="0" to-layer="2" to-port="0"/>
                <edge from-layer="1" from-port="0" to-layer="2" to-port="1"/>
                <edge from-layer="2" from-port="2" to-layer="3" to-port="0"/>
              </edges>
            </net>
            """);
    }

    /// <summary>The model's base path.</summary>
    public string Path => _folder.FullName;

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
