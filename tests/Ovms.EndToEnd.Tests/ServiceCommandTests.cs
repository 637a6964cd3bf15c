using Ovms.EndToEnd.Tests.Harness;

namespace Ovms.EndToEnd.Tests;

/// <summary><c>ovms service</c> on a system that has no such services.</summary>
public sealed class ServiceCommandTests
{
    [Before(Test)]
    public void SkipOnWindows() => Skip.When(Wine.IsAvailable, "The package under test is for Windows, which has services.");

    [Test]
    [Arguments("install -- --model_name m --model_path p --port 9000")]
    [Arguments("start")]
    [Arguments("run -- --port 9000")]
    public async Task OneSentence_NamesWhatToUse(string arguments)
    {
        (int code, string output, string errors) = await OvmsProcess.RunAsync(["service", .. arguments.Split(' ')]);
        await Assert.That(code).IsEqualTo(64);
        await Assert.That(output).IsEqualTo("");
        await Assert.That(errors.TrimEnd().Split('\n').Single()).Contains("services of Windows").And.Contains("publish/ovms.service");
    }

    [Test]
    public async Task Help_IsThereAllTheSame()
    {
        (int code, string output, _) = await OvmsProcess.RunAsync(["service", "--help"]);
        await Assert.That(code).IsEqualTo(0);
        await Assert.That(output).Contains("ovms service install").And.Contains("--service_name");
    }
}
