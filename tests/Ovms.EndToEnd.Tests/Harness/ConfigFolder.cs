namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A folder with a config.json; <c>${MODELS}</c> in it stands for the repository's test models. Goes when the test ends.</summary>
internal sealed class ConfigFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-config-");

    public ConfigFolder(string json) => System.IO.File.WriteAllText(File, json);

    /// <summary>The folder.</summary>
    public string Path => _folder.FullName;

    /// <summary>The configuration file.</summary>
    public string File => System.IO.Path.Combine(Path, "config.json");

    /// <summary>What the server needs in its environment.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; } = new Dictionary<string, string?> { ["MODELS"] = Repo.Model("").TrimEnd(System.IO.Path.DirectorySeparatorChar) };

    /// <summary>Starts a server on the file and waits for a part of a line.</summary>
    public Task<OvmsServer> StartAsync(string awaited, params string[] more) => OvmsServer.StartOnAsync(awaited, Environment, ["--config_path", File, .. more]);

    /// <summary>Writes a file into the folder.</summary>
    public void Write(string relative, string text)
    {
        string path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
    }

    /// <summary>Copies a test model into the folder.</summary>
    public void Copy(string model, string relative)
    {
        string source = Repo.Model(model);
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = System.IO.Path.Combine(Path, relative, System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            System.IO.File.Copy(file, target);
        }
    }

    /// <summary>Copies the files of another folder into this one, so that they can be changed.</summary>
    public void CopyFiles(string source, string relative)
    {
        string target = Directory.CreateDirectory(System.IO.Path.Combine(Path, relative)).FullName;
        foreach (string file in Directory.EnumerateFiles(source))
        {
            string copy = System.IO.Path.Combine(target, System.IO.Path.GetFileName(file));
            System.IO.File.Copy(file, copy);
            System.IO.File.SetAttributes(copy, FileAttributes.Normal);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
