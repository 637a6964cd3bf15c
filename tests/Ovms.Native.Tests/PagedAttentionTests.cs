using System.Diagnostics;
using Ovms.Native.Paging;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>The paged-attention pass in the library of our own, and when it is not used.</summary>
public class PagedAttentionTests
{
    [Test]
    public async Task Library_FitsTheRuntimeAndPassesItsSelfTest()
    {
        using Core core = new();
        PagedAttention? paged = LoadOrSkip(core);
        await Assert.That(paged).IsNotNull();
        // The first result is that of the process.
        await Assert.That(PagedAttention.Load(core, out string? refusal)).IsSameReferenceAs(paged);
        await Assert.That(refusal).IsNull();
    }

    [Test]
    public async Task Exports_AreOurFunctionsAlone()
    {
        using Core core = new();
        LoadOrSkip(core);
        string file = Path.Combine(OpenVinoLibrary.Directory, PagedAttention.FileName!);
        string symbols;
        try
        {
            using Process nm = Process.Start(new ProcessStartInfo("nm", ["-D", "--defined-only", file]) { RedirectStandardOutput = true })!;
            symbols = await nm.StandardOutput.ReadToEndAsync();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.Test("nm of binutils is not installed.");
            return;
        }

        string[] names = [.. symbols.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[^1])];
        await Assert.That(names).IsEquivalentTo(["ovms_paged_abi", "ovms_paged_transform"]);
    }

    [Test]
    [Arguments("dummy")]
    [Arguments("accumulator")]
    public async Task ModelThatCannotBePaged_IsRefusedAndTheProcessLives(string name)
    {
        using Core core = new();
        PagedAttention paged = LoadOrSkip(core);
        for (int i = 0; i < 3; i++)
        {
            using Model model = core.ReadModel(Repo.Model(name));
            await Assert.That(paged.TryTransform(model)).Contains("cannot perform the SDPAToPagedAttention transformation");
        }
    }

    [Test]
    public async Task MissingLibrary_IsNamed()
    {
        using TempFolder folder = new();
        using Core core = new();
        PagedAttention? paged = PagedAttention.LoadFrom(folder.Path, OpenVinoLibrary.BuildNumber, core, out string? refusal);
        await Assert.That(paged).IsNull();
        await Assert.That(refusal).Contains(folder.Path);
    }

    [Test]
    public async Task FileThatIsNoLibrary_IsRefused()
    {
        using TempFolder folder = new();
        using Core core = new();
        File.WriteAllText(Path.Combine(folder.Path, PagedAttention.FileName ?? "none"), "text");
        await Assert.That(PagedAttention.LoadFrom(folder.Path, OpenVinoLibrary.BuildNumber, core, out string? refusal)).IsNull();
        await Assert.That(refusal).Contains("cannot be loaded");
    }

    [Test]
    public async Task LibraryForAnotherRelease_IsRefused()
    {
        using Core core = new();
        LoadOrSkip(core);
        await Assert.That(PagedAttention.LoadFrom(OpenVinoLibrary.Directory, "2027.0.0-1-abc", core, out string? refusal)).IsNull();
        await Assert.That(refusal).Contains("and the runtime is 2027.0.0-1-abc");
    }

    [Test]
    [Arguments("2026.4.1", "2026.4.1-22982-e2", "2026.4.1-22982-e2", true)]
    [Arguments("2026.4.1", "2026.4.1", "2026.4.1", true)]
    [Arguments("2026.4.1", "2026.4.1-22982-e2", "2026.4.1-1-e2", false)]
    [Arguments("2026.4.1", "2026.4.10-1-e2", "2026.4.10-1-e2", false)]
    [Arguments("2026.4.0", "2026.4.1-22982-e2", "2026.4.1-22982-e2", false)]
    public async Task Fits_WantsTheSameReleaseAndTheSameLibrary(string headers, string linked, string build, bool fits) =>
        await Assert.That(PagedAttention.Fits(headers, linked, build)).IsEqualTo(fits);

    private static PagedAttention LoadOrSkip(Core core)
    {
        PagedAttention? paged = PagedAttention.Load(core, out string? refusal);
        if (paged is null && (PagedAttention.FileName is null || !File.Exists(Path.Combine(OpenVinoLibrary.Directory, PagedAttention.FileName))))
            Skip.Test($"{refusal}. publish/paged.sh makes the library.");
        return paged ?? throw new InvalidOperationException(refusal);
    }
}
