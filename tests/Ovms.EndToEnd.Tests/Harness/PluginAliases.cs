namespace Ovms.EndToEnd.Tests.Harness;

/// <summary>
/// A plugins.xml that registers the CPU plugin three times, so that a machine with nothing but a CPU has several real devices. OpenVINO
/// wants an alias to contain the plugin's own name.
/// </summary>
internal sealed class PluginAliases : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ovms-aliases-").FullName;

    public PluginAliases()
    {
        string libraries = System.IO.Path.Combine(Repo.Package, "lib");
        string Row(string name, string library) => $"""<plugin name="{name}" location="{System.IO.Path.Combine(libraries, library)}"/>""";
        Path = System.IO.Path.Combine(_folder, "plugins.xml");
        File.WriteAllText(
            Path,
            $"""
            <ie>
              <plugins>
                {Row("CPU", "libopenvino_intel_cpu_plugin.so")}
                {Row("GPU_ON_CPU", "libopenvino_intel_cpu_plugin.so")}
                {Row("NPU_ON_CPU", "libopenvino_intel_cpu_plugin.so")}
                {Row("AUTO", "libopenvino_auto_plugin.so")}
                {Row("MULTI", "libopenvino_auto_plugin.so")}
                {Row("HETERO", "libopenvino_hetero_plugin.so")}
                {Row("BATCH", "libopenvino_auto_batch_plugin.so")}
              </plugins>
            </ie>
            """);
    }

    /// <summary>The file, for --openvino_plugins_xml.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
