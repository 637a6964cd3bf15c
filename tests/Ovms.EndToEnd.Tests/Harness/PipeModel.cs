using System.Runtime.InteropServices;
using System.Text;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A model whose load never ends: an ONNX file with weights outside of it, in a named pipe that nobody writes to. The pipe lies deeper
/// than the server looks for what is not a regular file, so that the engine opens it and waits, as it would for a disk that is gone.
/// </summary>
internal sealed class PipeModel : IDisposable
{
    private const uint ReadAndWrite = 0b110_000_000;
    private const string Weights = "a/b/c/weights";
    private const int Count = 10;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-pipe-");

    public PipeModel()
    {
        Put(_folder.FullName);
        Pipe = System.IO.Path.Combine(_folder.FullName, "1", Weights);
    }

    /// <summary>The model's base path.</summary>
    public string Path => _folder.FullName;

    /// <summary>The pipe.</summary>
    public string Pipe { get; }

    /// <summary>Puts version 1 of such a model into a base path.</summary>
    public static void Put(string basePath)
    {
        string version = System.IO.Path.Combine(basePath, "1");
        MakePipe(System.IO.Path.Combine(version, Weights));
        File.WriteAllBytes(System.IO.Path.Combine(version, "model.onnx"), Onnx());
    }

    /// <summary>Makes a pipe, with the folders above it.</summary>
    public static void MakePipe(string path)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (MakePipe(path, ReadAndWrite) != 0)
        {
            throw new InvalidOperationException($"The pipe {path} could not be made.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    // y = x + w, all FP32 [10]. The numbers are the fields of onnx.proto.
    private static byte[] Onnx()
    {
        byte[] node = [.. Text(1, "x"), .. Text(1, "w"), .. Text(2, "y"), .. Text(4, "Add")];
        byte[] weights = [.. Number(1, Count), .. Number(2, 1), .. Text(8, "w"), .. Field(13, [.. Text(1, "location"), .. Text(2, Weights)]), .. Number(14, 1)];
        byte[] graph = [.. Field(1, node), .. Text(2, "pipe"), .. Field(5, weights), .. Field(11, Port("x")), .. Field(12, Port("y"))];
        return [.. Number(1, 8), .. Field(7, graph), .. Field(8, Number(2, 17))];
    }

    private static byte[] Port(string name) => [.. Text(1, name), .. Field(2, Field(1, [.. Number(1, 1), .. Field(2, Field(1, Number(1, Count)))]))];

    private static byte[] Text(int field, string text) => Field(field, Encoding.ASCII.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [.. Varint((uint)((field << 3) | 2)), .. Varint((uint)content.Length), .. content];

    private static byte[] Number(int field, uint value) => [.. Varint((uint)(field << 3)), .. Varint(value)];

    private static byte[] Varint(uint value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
