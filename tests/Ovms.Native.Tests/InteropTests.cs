using System.Reflection;
using System.Text.RegularExpressions;
using Ovms.Native.Interop;
using Ovms.Native.Tests.Setup;

namespace Ovms.Native.Tests;

/// <summary>The table of bindings as a whole.</summary>
public partial class InteropTests
{
    private static readonly string[] s_functions =
        [.. typeof(OpenVino).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Select(static method => method.Name).Where(static name => name.StartsWith("ov_", StringComparison.Ordinal)).Distinct()];

    [Test]
    public async Task EveryBoundFunction_IsInTheLibrary()
    {
        OpenVinoLibrary.Load();
        await Assert.That(s_functions.Length).IsGreaterThan(60);
        await Assert.That(s_functions.Where(static name => !Raw.Has(name))).IsEmpty();
    }

    [Test]
    public async Task TableOfContents_NamesWhatIsBoundAndNothingElse()
    {
        string table = File.ReadAllText(Path.Combine(Repo.Root, "src", "Ovms.Native", "Interop", "README.md")).Split("**Not bound")[0];
        string[] named = [.. FunctionName().Matches(table).Select(static match => match.Groups[1].Value).Where(static name => !name.EndsWith("_t", StringComparison.Ordinal)).Distinct()];

        await Assert.That(s_functions.Except(named)).IsEmpty();
        await Assert.That(named.Except(s_functions)).IsEmpty();
    }

    [Test]
    public async Task EveryHandle_HasAFreeFunctionOfItsOwn()
    {
        string[] frees = [.. s_functions.Where(static name => name.EndsWith("_free", StringComparison.Ordinal))];
        int handles = typeof(OpenVino).Assembly.GetTypes().Count(static type => type.Namespace == "Ovms.Native.Handles" && type.Name.EndsWith("Handle", StringComparison.Ordinal));
        // Beside the handles': version, versions, devices, shape, partial shape, and texts.
        await Assert.That(frees.Length).IsEqualTo(handles + 6);
    }

    [GeneratedRegex("`(ov_[a-z_]+)`")]
    private static partial Regex FunctionName();
}
