using System.Text.Json;

namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>A /proc and /sys of a machine with two CPUs, on which the server is in a control group of version 2.</summary>
internal sealed class FakeRoot : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ovms-root-");

    /// <param name="quota">The text of cpu.max.</param>
    public FakeRoot(string quota)
    {
        Write("proc/self/status", "Cpus_allowed_list:\t0-1\n");
        Write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Write("proc/self/cgroup", "0::/pod\n");
        Write("sys/fs/cgroup/pod/cpu.max", quota + "\n");
    }

    public string Path => _folder.FullName;

    /// <summary>Writes a configuration that serves the dummy model under several names; its path.</summary>
    public string WriteConfig(params string[] names)
    {
        string path = JsonSerializer.Serialize(Repo.Model("dummy"));
        IEnumerable<string> entries = names.Select(name => $$"""{"config": {"name": "{{name}}", "base_path": {{path}} } }""");
        return Write("config.json", $$"""{"model_config_list": [{{string.Join(',', entries)}}]}""");
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string relative, string text)
    {
        string path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
