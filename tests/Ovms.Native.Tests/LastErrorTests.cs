using System.Diagnostics;
using System.Runtime.InteropServices;
using Ovms.Native.Interop;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>The text behind a failure: one for the whole process, so these tests run alone.</summary>
[NotInParallel]
public class LastErrorTests
{
    [Test]
    public async Task LastMessage_IsANewCopyEachTime()
    {
        using Core core = new();
        Fail(core, "FIRST");

        (bool differentPointers, string first, string afterFreeingFirst) = TwoCopies();

        await Assert.That(differentPointers).IsTrue();
        await Assert.That(first).Contains("FIRST");
        await Assert.That(afterFreeingFirst).IsEqualTo(first);
    }

    [Test]
    public async Task LastMessage_IsSharedBetweenThreads()
    {
        using Core core = new();
        Fail(core, "HERE");
        Thread other = new(() => Fail(core, "ELSEWHERE"));
        other.Start();
        other.Join();

        await Assert.That(OpenVino.ov_get_last_err_msg()).Contains("ELSEWHERE");
    }

    [Test]
    public async Task LastMessage_StaysAfterASuccess()
    {
        using Core core = new();
        Fail(core, "STALE");
        core.GetProperty("CPU", "FULL_DEVICE_NAME");

        await Assert.That(OpenVino.ov_get_last_err_msg()).Contains("STALE");
    }

    [Test]
    public async Task ErrorInfo_IsOneStaticText()
    {
        await Assert.That(SameErrorInfoTwice()).IsTrue();
        await Assert.That(OpenVino.ov_get_error_info(OvStatus.RequestBusy)).IsNotNull();
    }

    [Test]
    public async Task RefusalOfTheCLayer_DoesNotShowAnEarlierFailuresText()
    {
        using Core core = new();
        Fail(core, "EARLIER");

        OpenVinoException? refused = await Assert.That(() => OvStatus.InvalidCParam.Check("OpenVino.ov_some_call(a, b)")).Throws<OpenVinoException>();

        await Assert.That(refused!.Detail).DoesNotContain("EARLIER");
        await Assert.That(refused.Call).IsEqualTo("ov_some_call");
        await Assert.That(refused.Status).IsEqualTo(OvStatus.InvalidCParam);
    }

    [Test]
    public async Task Exception_NamesTheCallAndTheDetail()
    {
        using Core core = new();

        OpenVinoException? failure = await Assert.That(() => core.GetProperty("CPU", "NO_SUCH_KEY")).Throws<OpenVinoException>();

        await Assert.That(failure!.Call).IsEqualTo("ov_core_get_property");
        await Assert.That(failure.Status).IsEqualTo(OvStatus.GeneralError);
        await Assert.That(failure.Detail).Contains("NO_SUCH_KEY");
        await Assert.That(failure.Message).IsEqualTo($"ov_core_get_property failed with GeneralError: {failure.Detail}");
    }

    [Test]
    public async Task ReadingAFailure_LeaksNothing()
    {
        // Each text is as long as the device's name in it: kept copies would be 200 MB.
        using Core core = new();
        string device = new('D', 100_000);
        Fail(core, device);
        long before = ResidentBytes();

        for (int i = 0; i < 2_000; i++)
            Fail(core, device);

        await Assert.That(OpenVino.ov_get_last_err_msg()!.Length).IsGreaterThan(100_000);
        await Assert.That(ResidentBytes() - before).IsLessThan(100L << 20);
    }

    private static void Fail(Core core, string device)
    {
        try
        {
            core.GetProperty(device, "X");
        }
        catch (OpenVinoException)
        {
            return;
        }
        throw new InvalidOperationException("The device should not exist.");
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static unsafe (bool Different, string First, string Second) TwoCopies()
    {
        byte* first = Raw.LastErrorMessage();
        byte* second = Raw.LastErrorMessage();
        bool different = first != second;
        string firstText = Marshal.PtrToStringUTF8((IntPtr)first)!;
        OpenVino.ov_free(first);
        string secondText = Marshal.PtrToStringUTF8((IntPtr)second)!;
        OpenVino.ov_free(second);
        return (different, firstText, secondText);
    }

    private static unsafe bool SameErrorInfoTwice() => Raw.ErrorInfo(OvStatus.NotFound) == Raw.ErrorInfo(OvStatus.NotFound);
}
