namespace Ovms.Native.Tests.Setup;

/// <summary>Points the library search at the runtime that build.sh has unpacked, unless a folder is named already.</summary>
internal static class Runtime
{
    private const string Variable = "OVMS_OPENVINO_DIR";

    [Before(TestSession)]
    public static void UseUnpackedRuntime()
    {
        string unpacked = Path.Combine(Repo.Root, ".cache", "openvino", "lib");
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)) && Directory.Exists(unpacked))
            Environment.SetEnvironmentVariable(Variable, unpacked);
    }
}
