namespace Ovms.Tests.Setup;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-tests-");

    /// <summary>Absolute.</summary>
    public string Path => _folder.FullName;

    /// <summary>A path inside.</summary>
    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Writes a file, with the folders above it.</summary>
    /// <returns>Its path.</returns>
    public string Write(string relative, ReadOnlySpan<byte> content)
    {
        string path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Makes empty files.</summary>
    public void Touch(params ReadOnlySpan<string> relatives)
    {
        foreach (string relative in relatives)
        {
            Write(relative, "x"u8);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
