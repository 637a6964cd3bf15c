using System.Diagnostics;
using Ovms.Tests.Setup;
using System.Runtime.InteropServices;

namespace Ovms.Tests.Pipelines;

/// <summary>A custom node library compiled from a C source of the tests, in a folder of its own.</summary>
internal sealed class CompiledNode : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CompiledNode(string source, params string[] defines)
    {
        Path = _folder[$"lib{source}.so"];
        string file = SourceTree.PathOf($"tests/Ovms.Tests/Pipelines/Sources/{source}.c");
        using Process compiler = Start(["-shared", "-fPIC", "-O1", "-o", Path, .. defines.Select(static define => $"-D{define}"), file]);
        string output = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        if (compiler.ExitCode != 0)
        {
            throw new InvalidOperationException($"{source}.c does not compile: {output}");
        }
    }

    /// <summary>The library's file.</summary>
    public string Path { get; }

    /// <summary>Skips a test where no C compiler is.</summary>
    public static void Require()
    {
        try
        {
            using Process compiler = Start(["--version"]);
            compiler.StandardOutput.ReadToEnd();
            compiler.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.Test("no C compiler: cc is not in the path");
        }
    }

    /// <summary>Calls a function of the library without parameters.</summary>
    public unsafe int Call(string name) =>
        ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(NativeLibrary.Load(Path), name))();

    public void Dispose() => _folder.Dispose();

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo("cc", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
}
