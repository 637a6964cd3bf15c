namespace Ovms.Native.Tests.Setup;

/// <summary>A folder that goes away with its owner.</summary>
internal sealed class TempFolder : IDisposable
{
    internal TempFolder(string prefix = "ovms-native-") => Path = Directory.CreateTempSubdirectory(prefix).FullName;

    internal string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
