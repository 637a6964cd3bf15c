namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A folder for socket files; its path is short, because theirs have to be. Goes when the test ends.</summary>
internal sealed class SocketFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-s-");

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
