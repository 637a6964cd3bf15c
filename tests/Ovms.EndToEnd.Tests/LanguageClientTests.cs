using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// The public OpenAI clients for Python and JavaScript, as they are, against the published binary. Each check of the scripts in
/// tests/clients is a test; a script runs once.
/// </summary>
public sealed partial class LanguageClientTests
{
    private const string Script = "openai_client.mjs";

    private static readonly Lazy<Task<LanguageServer>> s_server = LanguageServer.Shared(static () => LanguageServer.SmallFolder);
    private static readonly Lazy<Task<IReadOnlyDictionary<string, string?>>> s_python = new(RunPythonAsync);
    private static readonly Lazy<Task<IReadOnlyDictionary<string, string?>>> s_node = new(RunNodeAsync);

    [After(Class)]
    public static Task StopServer() => LanguageServer.StopAsync(s_server);

    public static IEnumerable<string> PythonChecks() => TritonClient.ChecksOf("openai_client.py");

    public static IEnumerable<string> NodeChecks() =>
        NodeCheck().Matches(File.ReadAllText(PathOf(Script))).Select(static match => match.Groups[1].Value);

    [Test]
    [MethodDataSource(nameof(PythonChecks))]
    public async Task PythonClient_IsAtHome(string check) => await HoldsAsync(await s_python.Value, check);

    [Test]
    [MethodDataSource(nameof(NodeChecks))]
    public async Task JavaScriptClient_IsAtHome(string check) => await HoldsAsync(await s_node.Value, check);

    private static async Task HoldsAsync(IReadOnlyDictionary<string, string?> ended, string check)
    {
        await Assert.That(ended.ContainsKey(check)).IsTrue().Because($"{check} did not run");
        await Assert.That(ended[check]).IsNull();
    }

    private static async Task<IReadOnlyDictionary<string, string?>> RunPythonAsync()
    {
        LanguageServer server = await s_server.Value;
        return await TritonClient.RunAsync(
            "openai_client.py", new Dictionary<string, string> { ["chat"] = $"127.0.0.1:{server.Server.RestPort}" });
    }

    private static async Task<IReadOnlyDictionary<string, string?>> RunNodeAsync()
    {
        LanguageServer server = await s_server.Value;
        string? lack = await NodePackage.InstallAsync("openai");
        Skip.When(lack is not null, lack ?? "");
        ProcessStartInfo start = new("node", [PathOf(Script), NodePackage.Home("openai"), $"127.0.0.1:{server.Server.RestPort}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process node = StartOrSkip(start);
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string output = await node.StandardOutput.ReadToEndAsync().WaitAsync(OvmsProcess.Patience);
        await node.WaitForExitAsync().WaitAsync(OvmsProcess.Patience);
        return node.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(JsonPath.Parse)
                .ToDictionary(static said => said.Text("check")!, static said => said.Text("why"))
            : throw new InvalidOperationException($"{Script} ended with {node.ExitCode}:\n{output}\n{await errors}");
    }

    private static Process StartOrSkip(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Skip.Test("node is not installed.");
            throw;
        }
    }

    private static string PathOf(string script) => Path.Combine(Repo.Root, "tests", "clients", script);

    [GeneratedRegex(@"^    async (\w+)\(\)", RegexOptions.Multiline)]
    private static partial Regex NodeCheck();
}
