using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// perf_analyzer, the load tool of KServe's clients, unpacked once under .cache from an archive that is at hand; it runs unmodified.
/// </summary>
internal static class PerfAnalyzer
{
    private const string Archive = "perf_analyzer-2.60.0.tar.xz";

    private static readonly Lazy<Task<(string? Program, string? Lack)>> s_program = new(UnpackAsync);

    /// <summary>Runs the tool; skips the test where it is not at hand.</summary>
    /// <returns>Its exit code and all that it printed.</returns>
    public static async Task<(int Code, string Output)> RunAsync(params IEnumerable<string> arguments)
    {
        (string? program, string? lack) = await s_program.Value;
        Skip.When(program is null, lack ?? "");
        return await ExecuteAsync(program!, arguments);
    }

    /// <summary>The number in the first line that begins with a label; fails where there is none.</summary>
    public static long NumberAfter(string output, string label)
    {
        Match match = Regex.Match(output, $@"^\s*{Regex.Escape(label)}: (\d+)", RegexOptions.Multiline);
        return match.Success ? long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : throw new InvalidOperationException($"No '{label}' in:\n{output}");
    }

    private static async Task<(string? Program, string? Lack)> UnpackAsync()
    {
        string archive = Path.Combine(Repo.Shared, "clients", Archive);
        if (!File.Exists(archive))
        {
            return (null, $"{Archive} is not at hand (it is looked for in {Path.GetDirectoryName(archive)}).");
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            return (null, $"{Archive} is for Linux on x86-64.");
        }

        string folder = Path.Combine(Repo.Root, ".cache", "clients", "perf_analyzer-2.60.0");
        string program = Path.Combine(folder, "perf_analyzer", "perf_analyzer");
        if (File.Exists(program))
        {
            return (program, null);
        }

        // Unpacked beside its place, so that a run that was cut off leaves no half of it.
        string fresh = $"{folder}.{Environment.ProcessId}";
        Directory.CreateDirectory(fresh);
        (int code, string output) = await ExecuteAsync("tar", ["-xJf", archive, "-C", fresh]);
        if (code != 0)
        {
            Directory.Delete(fresh, recursive: true);
            return (null, $"tar does not unpack {Archive} here: {output.Trim()}");
        }

        Directory.Move(fresh, folder);
        return (program, null);
    }

    private static async Task<(int Code, string Output)> ExecuteAsync(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string name in (string[])["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "grpc_proxy"])
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(OvmsProcess.Patience);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
