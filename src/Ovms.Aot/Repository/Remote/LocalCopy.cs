namespace Ovms.Repository.Remote;

/// <summary>A version's files on this machine, whole and checked. They stay as long as this lives; disposing lets them go and deletes nothing.</summary>
/// <param name="path">What is given to whoever reads models: the folder with the files, or the one main file.</param>
/// <param name="hold">The shared lock that keeps this and other processes from deleting them.</param>
internal sealed class LocalCopy(string path, FileStream hold) : IDisposable
{
    /// <summary>Absolute: the folder with the files, or the one main file.</summary>
    public string Path => path;

    /// <inheritdoc/>
    public void Dispose() => hold.Dispose();
}
