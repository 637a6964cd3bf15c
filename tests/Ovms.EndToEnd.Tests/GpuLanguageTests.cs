using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary>
/// A language model with a GPU that cannot load it: PoCL compiles none of its kernels. AUTO takes the next device of its list.
/// </summary>
internal sealed class GpuLanguageTests
{
    private const string Why = "[GPU] ProgramBuilder build failed";
    private const string Prompt = """ "prompt":"The licence","max_tokens":2,"ignore_eos":true""";

    [Test]
    [Arguments("AUTO:GPU,CPU")]
    [Arguments("AUTO:CPU,GPU")]
    [Arguments("AUTO")]
    public async Task Auto_TakesTheNextDeviceAfterOneThatCannotLoad(string device)
    {
        using Gpu gpu = new();
        await using OvmsServer server =
            await OvmsServer.StartAsync(LanguageServer.SmallFolder, "m", gpu.Variables, "--target_device", device);

        string[] warnings =
        [
            .. server.Process.Output.Split('\n').Where(static line => line.Contains("cannot load the model", StringComparison.Ordinal)),
        ];
        await Assert.That(server.Process.Output).Contains("Loaded language model m; version: 1; device: CPU; lane: paged attention;");
        await Assert.That(warnings.Length).IsEqualTo(device == "AUTO:GPU,CPU" ? 1 : 0);
        if (warnings is [{ } warning])
        {
            await Assert.That(warning).Contains("[warning]").And.Contains($"GPU cannot load the model, so {device} goes on with CPU: ").And.Contains(Why);
        }

        await new LanguageServer(server, "m").AnswerAsync("completions", Prompt);
        await Assert.That(await server.Process.StopAsync()).IsEqualTo(0);
        await Assert.That(server.Process.Output).DoesNotContain("][error][");
    }

    [Test]
    [Arguments("GPU.1", "GPU.1")]
    [Arguments("AUTO:GPU.1", "GPU.1")]
    [Arguments("AUTO:GPU.1,GPU.0", "GPU.1 GPU.0")]
    [Arguments("AUTO:-CPU", "GPU.1 GPU.0")]
    public async Task WhereNoDeviceIsLeft_TheLoadFailsWithAllReasons(string device, string tried)
    {
        using Gpu gpu = new(2);
        await using OvmsServer server =
            OvmsServer.Launch(LanguageServer.SmallFolder, "m", gpu.Variables, "--target_device", device);

        await Assert.That(await server.Process.WaitForExitAsync()).IsEqualTo(1);
        string failure = server.Process.Output.Split('\n').First(static line => line.Contains("cannot be served", StringComparison.Ordinal));
        string[] names = tried.Split(' ');
        if (names.Length > 1)
        {
            await Assert.That(failure).Contains($"{device}: no device can load the model. ");
            foreach (string name in names)
            {
                await Assert.That(failure).Contains($" {name}: ");
            }
        }

        await Assert.That(failure.Split(Why).Length - 1).IsEqualTo(names.Length);
    }
}
