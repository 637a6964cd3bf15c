using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>OpenVINO's own log; one callback for the process, so these tests run alone.</summary>
[NotInParallel]
public class LogCallbackTests
{
    [Test]
    public async Task Sink_GetsTheLines_UntilItIsTakenAway()
    {
        List<string> lines = [];
        OpenVinoLibrary.SetLogCallback(line =>
        {
            lock (lines)
                lines.Add(line);
        });
        CompileAutoVerbosely();
        int heard = lines.Count;
        OpenVinoLibrary.SetLogCallback(null);
        CompileAutoVerbosely();

        await Assert.That(heard).IsGreaterThan(0);
        await Assert.That(lines.Count).IsEqualTo(heard);
    }

    [Test]
    public async Task SinkThatThrows_DoesNoHarm()
    {
        OpenVinoLibrary.SetLogCallback(static _ => throw new InvalidOperationException("no room"));
        CompileAutoVerbosely();
        OpenVinoLibrary.SetLogCallback(null);
        await Assert.That(OpenVinoLibrary.BuildNumber).IsNotEmpty();
    }

    private static void CompileAutoVerbosely()
    {
        using Core core = new();
        using Model model = core.ReadModel(Repo.Model("dummy"));
        core.Compile(model, "AUTO:CPU", Cpu.Properties(("LOG_LEVEL", "LOG_INFO"))).Dispose();
    }
}
