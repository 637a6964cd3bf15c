namespace Ovms.Benchmarks;

/// <summary>Files that the load generator sends or writes.</summary>
internal static class Bodies
{
    /// <summary>Writes one.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string name, byte[] bytes)
    {
        string path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Where the one of this name is or will be.</summary>
    public static string PathOf(string name) => Path.Combine(Directory.CreateDirectory(Repo.Path("artifacts/bench/bodies")).FullName, name);
}
