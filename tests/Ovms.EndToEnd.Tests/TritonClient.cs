using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// Public clients for Python, of KServe and of OpenAI, in an environment of their own under .cache, made once from wheels that are at
/// hand; and the scripts that use them, in tests/clients.
/// </summary>
internal static partial class TritonClient
{
    private static readonly string[] s_packages = ["tritonclient[grpc,http]", "openai"];
    private static readonly string s_scripts = Path.Combine(Repo.Root, "tests", "clients");
    private static readonly Lazy<Task<(string? Python, string? Lack)>> s_environment = new(PrepareAsync);

    /// <summary>The checks of a script, by the names of its functions.</summary>
    public static IEnumerable<string> ChecksOf(string script) =>
        Check().Matches(File.ReadAllText(Path.Combine(s_scripts, script))).Select(static match => match.Groups[1].Value);

    /// <summary>Runs a script; skips the test where there is no client to run it with.</summary>
    /// <param name="script">Its file name.</param>
    /// <param name="servers">Where which model is served.</param>
    /// <returns>What each check ended with: null for good, else why not.</returns>
    public static async Task<IReadOnlyDictionary<string, string?>> RunAsync(string script, IReadOnlyDictionary<string, string> servers)
    {
        (string? python, string? lack) = await s_environment.Value;
        Skip.When(python is null, lack ?? "");
        (int code, string output, string errors) = await ExecuteAsync(
            python!, ["-B", Path.Combine(s_scripts, script), .. servers.Select(static server => $"{server.Key}={server.Value}")]);
        Dictionary<string, string?> ended = [];
        foreach (string line in output.Split('\n').Where(static line => line.StartsWith('{')))
        {
            using JsonDocument said = JsonDocument.Parse(line);
            ended.Add(said.RootElement.GetProperty("check").GetString()!, said.RootElement.GetProperty("why").GetString());
        }

        return code == 0 ? ended : throw new InvalidOperationException($"{script} ended with {code}:\n{output}\n{errors}");
    }

    private static async Task<(string? Python, string? Lack)> PrepareAsync()
    {
        string wheels = Path.Combine(Repo.Shared, "clients");
        if (!Directory.Exists(wheels))
        {
            return (null, $"The client's wheels are not at hand (they are looked for in {wheels}).");
        }

        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            return (null, "The client's wheels are for Linux on x86-64.");
        }

        if (await FindPythonAsync() is not { } python)
        {
            return (null, "The client's wheels are for Python 3.11, and neither python3.11 nor python3 is that.");
        }

        string folder = Path.Combine(Repo.Root, ".cache", "clients", "venv");
        string made = Path.Combine(folder, "bin", "python");
        string stamp = Path.Combine(folder, "stamp");
        string content = string.Join('\n', Directory.EnumerateFiles(wheels).Select(Path.GetFileName).Order(StringComparer.Ordinal).Concat(s_packages));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == content)
        {
            return (made, null);
        }

        (int code, _, string errors) = await ExecuteAsync(python, ["-m", "venv", "--clear", folder]);
        if (code != 0)
        {
            return (null, $"python3 -m venv does not work here (Debian: python3-venv): {errors.Trim()}");
        }

        (code, string output, errors) = await ExecuteAsync(made, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "-f", wheels, .. s_packages]);
        if (code != 0)
        {
            throw new InvalidOperationException($"The client could not be installed from {wheels}:\n{output}\n{errors}");
        }

        await File.WriteAllTextAsync(stamp, content);
        return (made, null);
    }

    private static async Task<string?> FindPythonAsync()
    {
        foreach (string name in (string[])["python3.11", "python3"])
        {
            try
            {
                (int code, string version, _) = await ExecuteAsync(name, ["-c", "import sys; print(sys.version_info[:2] == (3, 11))"]);
                if (code == 0 && version.Trim() == "True")
                {
                    return name;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not installed: the next name.
            }
        }

        return null;
    }

    private static async Task<(int Code, string Output, string Errors)> ExecuteAsync(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };

        // The wheels are all that is to be used, and the servers are on loopback.
        foreach (string name in (string[])["PYTHONPATH", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "grpc_proxy"])
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(OvmsProcess.Patience * 2);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex(@"^def (check_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Check();
}
