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
        Type[] handles = [.. typeof(OpenVino).Assembly.GetTypes().Where(static type => type.Namespace == "Ovms.Native.Handles" && type.Name.EndsWith("Handle", StringComparison.Ordinal))];
        Dictionary<string, string> freedBy = handles.ToDictionary(static type => type.Name, static type => string.Join(" and ", FreesCalledBy(type)));

        await Assert.That(freedBy.Count).IsGreaterThan(10);
        foreach ((string handle, string free) in freedBy)
        {
            // InferRequestHandle → ov_infer_request_free, whatever OpenVINO puts before; what comes after a model is preprocess to it, too.
            string name = handle[..^"Handle".Length];
            string own = name.StartsWith("PostProcess", StringComparison.Ordinal) ? string.Concat("PreProcess", name.AsSpan("PostProcess".Length)) : name;
            await Assert.That(frees).Contains(free).Because(handle);
            await Assert.That(free.Replace("_", "", StringComparison.Ordinal)).EndsWith($"{own.ToLowerInvariant()}free").Because(handle);
        }

        await Assert.That(freedBy.Values.Distinct().Count()).IsEqualTo(handles.Length);

        // What is freed where it was got, without a handle.
        string[] others = ["ov_available_devices_free", "ov_core_versions_free", "ov_free", "ov_partial_shape_free", "ov_shape_free", "ov_version_free"];
        await Assert.That(frees.Except(freedBy.Values).Order(StringComparer.Ordinal)).IsEquivalentTo(others);
    }

    // The functions ov_…_free in the code of ReleaseHandle: a call is the byte 0x28 and the method's token.
    private static IEnumerable<string> FreesCalledBy(Type handle)
    {
        const byte Call = 0x28;
        MethodInfo release = handle.GetMethod("ReleaseHandle", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)!;
        byte[] code = release.GetMethodBody()!.GetILAsByteArray()!;
        for (int i = 0; i + sizeof(int) < code.Length; i++)
        {
            if (code[i] == Call && TryResolve(release.Module, BitConverter.ToInt32(code, i + 1)) is { } name && name.EndsWith("_free", StringComparison.Ordinal))
            {
                yield return name;
            }
        }
    }

    private static string? TryResolve(Module module, int token)
    {
        try
        {
            return module.ResolveMethod(token)?.Name;
        }
        catch (ArgumentException)
        {
            // The byte was no call.
            return null;
        }
    }

    [GeneratedRegex("`(ov_[a-z_]+)`")]
    private static partial Regex FunctionName();
}
