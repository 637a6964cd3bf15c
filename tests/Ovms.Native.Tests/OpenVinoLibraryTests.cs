using System.Runtime.InteropServices;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>Finding the library, and what is said when it is not to be had.</summary>
public class OpenVinoLibraryTests
{
    /// <summary>For tests that look at the process's libraries, and one that loads another under OpenVINO's name.</summary>
    private const string LoadedLibraries = nameof(LoadedLibraries);

    [Test, NotInParallel(LoadedLibraries)]
    public async Task LoadedLibrary_NamesItsFolderAndBuild()
    {
        OpenVinoLibrary.Load();
        OpenVinoLibrary.Load();

        await Assert.That(Directory.Exists(OpenVinoLibrary.Directory)).IsTrue();
        await Assert.That(VersionGate.Accepts(OpenVinoLibrary.BuildNumber)).IsTrue();
        await Assert.That(LibrarySearch.FolderOfLoaded()).IsEqualTo(OpenVinoLibrary.Directory);
    }

    [Test]
    public async Task Load_FromManyThreads_HappensOnce()
    {
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 8).Select(static _ => Task.Run(static () => OpenVinoLibrary.Directory)));
        await Assert.That(folders.Distinct().Count()).IsEqualTo(1);
    }

    [Test]
    public async Task Library_IsLookedForBesideTheBinary()
    {
        IReadOnlyList<string> folders = LibrarySearch.Folders(null, Path.Combine(Path.GetTempPath(), "package", "bin"));

        string[] relative = [.. folders.Select(static folder => Path.GetRelativePath(Path.Combine(Path.GetTempPath(), "package"), folder))];
        await Assert.That(relative).IsEquivalentTo(["lib", "bin", Path.Combine("bin", "lib")], CollectionOrdering.Matching);
    }

    [Test]
    public async Task Library_IsLookedForOnlyWhereTheVariableSays()
    {
        IReadOnlyList<string> folders = LibrarySearch.Folders("/opt/openvino", "/package/bin");
        await Assert.That(folders.Count).IsEqualTo(1);
        await Assert.That(folders[0]).IsEqualTo(Path.GetFullPath("/opt/openvino"));
    }

    [Test]
    public async Task VersionedName_IsFound_AndTheNewestWins()
    {
        if (!OperatingSystem.IsLinux())
            Skip.Test("File names are those of Linux.");
        using TempFolder folder = new();
        string? none = LibrarySearch.FileIn(folder.Path);
        File.WriteAllText(Path.Combine(folder.Path, "libopenvino_c.so.2600"), "");
        File.WriteAllText(Path.Combine(folder.Path, "libopenvino_c.so.2641"), "");

        await Assert.That(none).IsNull();
        await Assert.That(LibrarySearch.FileIn(folder.Path)).IsEqualTo(Path.Combine(folder.Path, "libopenvino_c.so.2641"));
        await Assert.That(LibrarySearch.FileIn(Path.Combine(folder.Path, "absent"))).IsNull();
    }

    [Test]
    public async Task FolderWithoutTheLibrary_IsNamedTogetherWithTheVariable()
    {
        using TempFolder folder = new();

        OpenVinoLibraryException? failure = await Assert.That(() => { OpenVinoLibrary.FindAndLoad(folder.Path, AppContext.BaseDirectory); }).Throws<OpenVinoLibraryException>();

        await Assert.That(failure!.Message).Contains(folder.Path);
        await Assert.That(failure.Message).Contains("OVMS_OPENVINO_DIR");
        await Assert.That(failure.Message).Contains("not found");
    }

    [Test]
    public async Task FileThatIsNoLibrary_IsNamed()
    {
        using TempFolder folder = new();
        string file = Path.Combine(folder.Path, NameOfTheLibrary());
        File.WriteAllText(file, "not a library");

        OpenVinoLibraryException? failure = await Assert.That(() => { OpenVinoLibrary.FindAndLoad(folder.Path, AppContext.BaseDirectory); }).Throws<OpenVinoLibraryException>();

        await Assert.That(failure!.Message).Contains(file);
        await Assert.That(failure.Message).Contains("could not be loaded");
    }

    [Test, NotInParallel(LoadedLibraries)]
    public async Task LibraryWithoutTheNonVariadicFunctions_IsTooOld()
    {
        // Any other library will do: what counts is the missing function.
        string other = Directory.EnumerateFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*System.IO.Compression.Native.*").First();
        using TempFolder folder = new();
        File.Copy(other, Path.Combine(folder.Path, NameOfTheLibrary()));

        OpenVinoLibraryException? failure = await Assert.That(() => { OpenVinoLibrary.FindAndLoad(folder.Path, AppContext.BaseDirectory); }).Throws<OpenVinoLibraryException>();

        await Assert.That(failure!.Message).Contains("2026.0 or newer");
        await Assert.That(failure.Message).Contains(VersionGate.NeededFunction);
    }

    [Test]
    [Arguments("2026.4.1-22982-e213a147257-releases/2026/4", true)]
    [Arguments("2026.0.0-1-abc", true)]
    [Arguments("2027.1.0-1-abc", true)]
    [Arguments("2025.4.1-20000-abc", false)]
    [Arguments("custom_build", false)]
    [Arguments("", false)]
    public async Task Version_IsAcceptedFrom2026On(string build, bool accepted) =>
        await Assert.That(VersionGate.Accepts(build)).IsEqualTo(accepted);

    private static string NameOfTheLibrary() =>
        OperatingSystem.IsWindows() ? "openvino_c.dll" : OperatingSystem.IsMacOS() ? "libopenvino_c.dylib" : "libopenvino_c.so";
}
