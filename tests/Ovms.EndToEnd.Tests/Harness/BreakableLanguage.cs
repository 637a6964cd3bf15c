using System.Buffers.Binary;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A copy of the small language model that cannot compute token 0, and nothing after it. All else it computes as the original.</summary>
internal sealed class BreakableLanguage : IDisposable
{
    // The engine's own trial computes token 0 too, so that it takes the model for broken.
    public const string Poison = "\"prompt\":[0],\"max_tokens\":2";

    private const string Ids = "<dim>-1</dim><dim>-1</dim>";
    private const string Shape = "<dim>2</dim>";
    private const string One = "<dim>1</dim><dim>1</dim>";
    private const string Numpy = "auto_broadcast=\"numpy\"";

    public BreakableLanguage()
    {
        Folder = Directory.CreateTempSubdirectory("ovms-breakable-").FullName;
        foreach (string file in Directory.GetFiles(LanguageServer.SmallFolder))
        {
            // Not a copy of the file, which nobody may write.
            File.WriteAllBytes(Path.Combine(Folder, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        string weights = Path.Combine(Folder, "openvino_model.bin");
        byte[] bytes = File.ReadAllBytes(weights);
        int at = (bytes.Length + 7) / 8 * 8;
        Array.Resize(ref bytes, at + 24);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at + 8), 1);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at + 16), 1);
        File.WriteAllBytes(weights, bytes);

        const string Cut = "<edge from-layer=\"0\" from-port=\"0\" to-layer=\"22\" to-port=\"0\" />";
        string text = Path.Combine(Folder, "openvino_model.xml");
        string model = File.ReadAllText(text);
        if (!model.Contains(Cut, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The small model has another form than this was written for.");
        }

        File.WriteAllText(text, model.Replace(Cut, Edges()).Replace("</layers>", Layers(at) + "</layers>"));
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // ids + 0 * reshape(range(min(the least id, 1)), (1, 1)): the empty range of token 0 takes no shape, and OpenVINO computes nothing more
    // with this compiled model. The numbers are the axes 0 and 1, and the shape (1, 1).
    private static string Layers(int numbers) =>
        Const(9001, Shape, "2", numbers, 16)
        + Const(9002, Shape, "2", numbers + 8, 16)
        + Const(9003, "", "", numbers + 8, 8)
        + Const(9004, "", "", numbers, 8)
        + Layer(9005, "ReduceMin", "opset1", "keep_dims=\"false\"", [Ids, Shape], "")
        + Layer(9006, "Minimum", "opset1", Numpy, ["", ""], "")
        + Layer(9007, "Range", "opset4", "output_type=\"i64\"", ["", "", ""], "<dim>-1</dim>")
        + Layer(9008, "Reshape", "opset1", "special_zero=\"false\"", ["<dim>-1</dim>", Shape], One)
        + Layer(9009, "Multiply", "opset1", Numpy, [One, ""], One)
        + Layer(9010, "Add", "opset1", Numpy, [Ids, One], Ids);

    private static string Edges() =>
        Edge(0, 0, 9005, 0) + Edge(9001, 0, 9005, 1)
        + Edge(9005, 2, 9006, 0) + Edge(9003, 0, 9006, 1)
        + Edge(9004, 0, 9007, 0) + Edge(9006, 2, 9007, 1) + Edge(9003, 0, 9007, 2)
        + Edge(9007, 3, 9008, 0) + Edge(9002, 0, 9008, 1)
        + Edge(9008, 2, 9009, 0) + Edge(9004, 0, 9009, 1)
        + Edge(0, 0, 9010, 0) + Edge(9009, 2, 9010, 1)
        + Edge(9010, 2, 22, 0);

    private static string Const(int id, string dimensions, string shape, int offset, int size) =>
        $"<layer id=\"{id}\" name=\"breaks_{id}\" type=\"Const\" version=\"opset1\">"
        + $"<data element_type=\"i64\" shape=\"{shape}\" offset=\"{offset}\" size=\"{size}\" />"
        + $"<output><port id=\"0\" precision=\"I64\">{dimensions}</port></output></layer>";

    private static string Layer(int id, string type, string set, string data, string[] inputs, string output)
    {
        string ports = string.Concat(inputs.Select(static (dimensions, i) => $"<port id=\"{i}\" precision=\"I64\">{dimensions}</port>"));
        return $"<layer id=\"{id}\" name=\"breaks_{id}\" type=\"{type}\" version=\"{set}\"><data {data} />"
            + $"<input>{ports}</input><output><port id=\"{inputs.Length}\" precision=\"I64\">{output}</port></output></layer>";
    }

    private static string Edge(int from, int fromPort, int to, int toPort) =>
        $"<edge from-layer=\"{from}\" from-port=\"{fromPort}\" to-layer=\"{to}\" to-port=\"{toPort}\" />";
}
