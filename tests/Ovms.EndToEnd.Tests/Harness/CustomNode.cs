using System.Diagnostics;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>Compiles the custom node libraries of the unit tests.</summary>
internal static class CustomNode
{
    /// <summary>Compiles a source into a folder; skips the test where no C compiler is.</summary>
    /// <returns>The library's file.</returns>
    public static string Compile(string source, string folder)
    {
        string library = Path.Combine(folder, $"lib{source}.so");
        string file = Path.Combine(Repo.Root, "tests", "Ovms.Tests", "Pipelines", "Sources", $"{source}.c");
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O1", "-o", library, file]) { RedirectStandardError = true })!;
            string output = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? library : throw new InvalidOperationException(output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.Test("no C compiler: cc is not in the path");
            throw;
        }
    }
}
