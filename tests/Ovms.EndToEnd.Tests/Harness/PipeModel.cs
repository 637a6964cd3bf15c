using System.Runtime.InteropServices;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A model folder whose model file is a pipe without a writer: to open it for reading takes forever.</summary>
internal sealed class PipeModel : IDisposable
{
    private const uint ReadAndWrite = 0b110_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-pipe-");

    public PipeModel()
    {
        string file = System.IO.Path.Combine(_folder.CreateSubdirectory("1").FullName, "model.onnx");
        if (MakePipe(file, ReadAndWrite) != 0)
        {
            throw new InvalidOperationException($"The pipe {file} could not be made.");
        }
    }

    /// <summary>The model's base path.</summary>
    public string Path => _folder.FullName;

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MakePipe([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);
}
