using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Ovms.Devices;
using Ovms.Devices.Health;
using Ovms.Native;
using Ovms.Status;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Devices;

/// <summary>Every name that OpenVINO's headers and plugins know, held against the CPU: what the engine takes, the check takes.</summary>
public sealed partial class PropertyNamesTests
{
    // One of them is a good value for nearly every property.
    private static readonly string[] s_values = ["1", "YES", "AUTO", "0.5", "f32"];

    [Test]
    public async Task NamesInThePlugins_AreTakenWhereTheCpuTakesThem()
    {
        OpenVinoLibrary.Load();
        HashSet<string> names = [];
        foreach (string library in Directory.EnumerateFiles(OpenVinoLibrary.Directory, "*openvino*").Where(static file => file.Contains("plugin", StringComparison.Ordinal) || PropertyLibrary().IsMatch(file)))
        {
            names.UnionWith(UpperCaseWord().Matches(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(library))).Select(static match => match.Value));
        }

        await Assert.That(names.Count).IsGreaterThan(500);
        await Assert.That(names).Contains("CPU_RUNTIME_CACHE_CAPACITY");
        (List<string> taken, List<string> refused) = Check(names, alsoRefusals: false);
        await Assert.That(taken).Contains("CPU_RUNTIME_CACHE_CAPACITY");
        await Assert.That(refused).IsEmpty();
    }

    [Test]
    public async Task NamesInTheHeaders_AreTakenWhereTheCpuTakesThem_AndNowhereElse()
    {
        string? wheel = new[] { "..", "../.." }
            .Select(static up => Path.Combine(Repo.Root, up, "shared", "openvino"))
            .Where(Directory.Exists)
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "openvino-2026*.whl"))
            .FirstOrDefault();
        if (wheel is null)
        {
            Skip.Test("OpenVINO's wheel, which has the headers, is not beside the repository: shared/openvino/*.whl.");
        }

        HashSet<string> names = [];
        using (ZipArchive archive = await ZipFile.OpenReadAsync(wheel))
        {
            foreach (ZipArchiveEntry header in archive.Entries.Where(static entry => entry.FullName.EndsWith("properties.hpp", StringComparison.Ordinal)))
            {
                using StreamReader reader = new(await header.OpenAsync());
                names.UnionWith(NameInBraces().Matches(await reader.ReadToEndAsync()).Select(static match => match.Groups[1].Value));
            }
        }

        await Assert.That(names.Count).IsGreaterThan(80);
        (List<string> taken, List<string> refused) = Check(names, alsoRefusals: true);
        await Assert.That(taken.Count).IsGreaterThan(10);
        await Assert.That(refused).IsEmpty();
    }

    // Names that engine and check judge alike, and those that they do not. OpenVINO itself takes some properties before any device sees them.
    private static (List<string> Taken, List<string> Unlike) Check(IEnumerable<string> names, bool alsoRefusals)
    {
        PropertyCheck check = new(SupportedProperties.Of(new EngineCores(Engine.Core), null), KnownDevices.BuiltIn);
        TargetDevice cpu = TargetDevice.Parse("CPU").Value!;
        using Core core = new();

        // Where the engine makes a folder of the value, as of CACHE_DIR, it makes it there and not where the tests were started.
        using TemporaryFolder folder = new();

        // Loads the plugin, which judges properties; before that OpenVINO only notes them down.
        string[] listed = core.GetProperty("CPU", "SUPPORTED_PROPERTIES").Split(' ');
        List<string> taken = [];
        List<string> unlike = [];
        foreach (string name in names.Where(static name => PropertyRule.For(name) is { IsSettable: true, Kind: PropertyKind.Any or PropertyKind.Boolean or PropertyKind.Count }))
        {
            string? value = Values(name, folder).FirstOrDefault(value => Takes(core, name, value) && PropertyRule.For(name).Normalize(value) is not null);
            if (value is null && !alsoRefusals)
            {
                continue;
            }

            Outcome<PluginConfig> judged = check.Check(new PluginConfig([new DeviceProperty(name, value ?? "1")], [], []), cpu, cpu);
            bool isOpenVinos = name is "AUTO_BATCH_TIMEOUT" or "ALLOW_AUTO_BATCHING" || listed.Contains(name);
            (judged.IsOk == value is not null || (judged.IsOk && isOpenVinos) ? taken : unlike).Add(judged.IsOk ? name : $"{name}: {judged.Text}");
        }

        return (taken, unlike);
    }

    private static string[] Values(string name, TemporaryFolder folder) => name.EndsWith("_DIR", StringComparison.Ordinal) ? [folder["made"]] : s_values;

    private static bool Takes(Core core, string name, string value)
    {
        try
        {
            core.SetProperties("CPU", [new(name, value)]);
            return true;
        }
        catch (OpenVinoException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"(?<![A-Za-z0-9_])[A-Z][A-Z0-9]{2,}(?:_[A-Z0-9]+)+(?=\0)")]
    private static partial Regex UpperCaseWord();

    [GeneratedRegex(@"[\\/](lib)?openvino(\.so[.0-9]*|\.dll)$")]
    private static partial Regex PropertyLibrary();

    [GeneratedRegex("""\{\s*"([A-Z][A-Z0-9_]+)"\s*\}""")]
    private static partial Regex NameInBraces();
}
