namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A model that gives back what comes in, in a folder of its own. Its one step is the least of each value and the largest there is: a
/// step that the engine does not leave out.
/// </summary>
internal sealed class TinyModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-tiny-");

    /// <param name="type">Of the input and the output, as an IR writes it: f32, f16, u8, i64.</param>
    /// <param name="shape">As an IR writes it: "?,1..512,3".</param>
    /// <param name="input">Its name.</param>
    /// <param name="output">Its name.</param>
    public TinyModel(string type, string shape, string input, string output)
    {
        (string precision, byte[] largest) = type switch
        {
            "f32" => ("FP32", BitConverter.GetBytes(float.MaxValue)),
            "f16" => ("FP16", BitConverter.GetBytes(Half.MaxValue)),
            "u8" => ("U8", [byte.MaxValue]),
            "i64" => ("I64", BitConverter.GetBytes((long)int.MaxValue)),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
        string dims = string.Concat(shape.Split(',').Select(static dim => $"<dim>{(long.TryParse(dim, out long size) ? size : -1)}</dim>"));
        string ir = $"""
            <?xml version="1.0"?>
            <net name="tiny" version="11">
                <layers>
                    <layer id="0" name="{input}" type="Parameter" version="opset1"><data shape="{shape}" element_type="{type}" />
                        <output><port id="0" precision="{precision}" names="{input}">{dims}</port></output></layer>
                    <layer id="1" name="largest" type="Const" version="opset1"><data element_type="{type}" shape="" offset="0" size="{largest.Length}" />
                        <output><port id="0" precision="{precision}" /></output></layer>
                    <layer id="2" name="step" type="Minimum" version="opset1"><data auto_broadcast="numpy" />
                        <input><port id="0" precision="{precision}">{dims}</port><port id="1" precision="{precision}" /></input>
                        <output><port id="2" precision="{precision}" names="{output}">{dims}</port></output></layer>
                    <layer id="3" name="result" type="Result" version="opset1" output_names="{output}">
                        <input><port id="0" precision="{precision}">{dims}</port></input></layer>
                </layers>
                <edges>
                    <edge from-layer="0" from-port="0" to-layer="2" to-port="0" />
                    <edge from-layer="1" from-port="0" to-layer="2" to-port="1" />
                    <edge from-layer="2" from-port="2" to-layer="3" to-port="0" />
                </edges>
            </net>
            """;
        DirectoryInfo version = _folder.CreateSubdirectory("1");
        File.WriteAllText(System.IO.Path.Combine(version.FullName, "tiny.xml"), ir);
        File.WriteAllBytes(System.IO.Path.Combine(version.FullName, "tiny.bin"), largest);
    }

    /// <summary>The model's base path.</summary>
    public string Path => _folder.FullName;

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
