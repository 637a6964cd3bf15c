namespace Ovms.Repository.Remote;

/// <summary>A complete, checked local copy of a version. No server deletes the files before this is disposed.</summary>
/// <param name="path">The folder with the files, or the single main file, for the reader of the model.</param>
/// <param name="hold">The shared lock that keeps this and other processes from deleting the files.</param>
internal sealed class LocalCopy(string path, FileStream hold) : IDisposable
{
    /// <summary>Absolute path of the folder with the files, or of the single main file.</summary>
    public string Path => path;

    /// <inheritdoc/>
    public void Dispose() => hold.Dispose();
}
