using System.Runtime.InteropServices;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A detector of random weights in a folder of its own: an image [1,size,size,3] times two matrices gives boxes [1,N,4] and scores [1,N,C].
/// </summary>
internal sealed class DetectorModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-detector-");

    /// <param name="seed">Of the weights.</param>
    /// <param name="size">Rows and columns of the image.</param>
    /// <param name="boxes">N.</param>
    /// <param name="classes">C.</param>
    public DetectorModel(int seed, int size, int boxes, int classes)
    {
        int inputs = size * size * 3;
        Random random = new(seed);
        BoxWeights = [.. Enumerable.Range(0, inputs * boxes * 4).Select(_ => random.NextSingle() - 0.5f)];
        ScoreWeights = [.. Enumerable.Range(0, inputs * boxes * classes).Select(_ => random.NextSingle() - 0.5f)];
        using MemoryStream bin = new();
        string layers = $"""
            <layer id="0" name="image" type="Parameter" version="opset1"><data shape="1,{size},{size},3" element_type="f32" />
                <output><port id="0" precision="FP32" names="image"><dim>1</dim><dim>{size}</dim><dim>{size}</dim><dim>3</dim></port></output></layer>
            {Constant(1, "i64", "I64", "2", MemoryMarshal.AsBytes<long>([1, inputs]), bin, "<dim>2</dim>")}
            {Reshape(2, $"<dim>1</dim><dim>{size}</dim><dim>{size}</dim><dim>3</dim>", "<dim>2</dim>", $"<dim>1</dim><dim>{inputs}</dim>", "flat")}
            {Head(3, "boxes", inputs, boxes, 4, BoxWeights, bin)}
            {Head(8, "scores", inputs, boxes, classes, ScoreWeights, bin)}
            """;
        string edges = string.Concat(
            new (int From, int To, int Port)[] { (0, 2, 0), (1, 2, 1), (2, 4, 0), (3, 4, 1), (4, 6, 0), (5, 6, 1), (6, 7, 0), (2, 9, 0), (8, 9, 1), (9, 11, 0), (10, 11, 1), (11, 12, 0) }
                .Select(static edge => $"<edge from-layer=\"{edge.From}\" from-port=\"{(edge.From is 2 or 4 or 6 or 9 or 11 ? 2 : 0)}\" to-layer=\"{edge.To}\" to-port=\"{edge.Port}\" />\n"));
        DirectoryInfo version = _folder.CreateSubdirectory("1");
        File.WriteAllText(System.IO.Path.Combine(version.FullName, "detector.xml"), $"<?xml version=\"1.0\"?>\n<net name=\"detector\" version=\"11\"><layers>\n{layers}</layers>\n<edges>{edges}</edges></net>");
        File.WriteAllBytes(System.IO.Path.Combine(version.FullName, "detector.bin"), bin.ToArray());
    }

    /// <summary>The model's base path.</summary>
    public string Path => _folder.FullName;

    /// <summary>The matrix of boxes: a row for each number of the image.</summary>
    public float[] BoxWeights { get; }

    /// <summary>The matrix of scores: a row for each number of the image.</summary>
    public float[] ScoreWeights { get; }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    // A matrix, its product with the image, the wanted shape, the reshaped product, and the result.
    private static string Head(int id, string name, int inputs, int boxes, int numbers, float[] weights, MemoryStream bin)
    {
        string flat = $"<dim>1</dim><dim>{boxes * numbers}</dim>";
        string shaped = $"<dim>1</dim><dim>{boxes}</dim><dim>{numbers}</dim>";
        return $"""
            {Constant(id, "f32", "FP32", $"{inputs},{boxes * numbers}", MemoryMarshal.AsBytes<float>(weights), bin, $"<dim>{inputs}</dim><dim>{boxes * numbers}</dim>")}
            <layer id="{id + 1}" name="{name}_product" type="MatMul" version="opset1"><data transpose_a="false" transpose_b="false" />
                <input><port id="0" precision="FP32"><dim>1</dim><dim>{inputs}</dim></port><port id="1" precision="FP32"><dim>{inputs}</dim><dim>{boxes * numbers}</dim></port></input>
                <output><port id="2" precision="FP32">{flat}</port></output></layer>
            {Constant(id + 2, "i64", "I64", "3", MemoryMarshal.AsBytes<long>([1, boxes, numbers]), bin, "<dim>3</dim>")}
            {Reshape(id + 3, flat, "<dim>3</dim>", shaped, name)}
            <layer id="{id + 4}" name="{name}_result" type="Result" version="opset1" output_names="{name}"><input><port id="0" precision="FP32">{shaped}</port></input></layer>
            """;
    }

    private static string Constant(int id, string type, string precision, string shape, ReadOnlySpan<byte> bytes, MemoryStream bin, string dims)
    {
        long offset = bin.Length;
        bin.Write(bytes);
        return $"""
            <layer id="{id}" name="constant{id}" type="Const" version="opset1"><data element_type="{type}" shape="{shape}" offset="{offset}" size="{bytes.Length}" />
                <output><port id="0" precision="{precision}">{dims}</port></output></layer>
            """;
    }

    private static string Reshape(int id, string from, string shape, string to, string name) => $"""
        <layer id="{id}" name="{name}" type="Reshape" version="opset1"><data special_zero="false" />
            <input><port id="0" precision="FP32">{from}</port><port id="1" precision="I64">{shape}</port></input>
            <output><port id="2" precision="FP32" names="{name}">{to}</port></output></layer>
        """;
}
