using Ovms.Devices;
using Ovms.Devices.Cpu;
using Ovms.Devices.Health;
using Ovms.Disk;
using Ovms.Native;
using Ovms.Observability;
using Ovms.Options;
using Ovms.Status;

namespace Ovms.Hosting;

/// <summary>OpenVINO, configured by the options: the core, and the compiler for its devices.</summary>
internal sealed class Engine : IDisposable
{
    private Engine(EngineCores cores, KnownDevices known, ServerOptions server, ILogger log)
    {
        Cores = cores;
        HardwareProbe probe = HardwareProbe.OfThisMachine(OpenVinoLibrary.Directory);
        DeviceWatches watches = new(cores, TimeProvider.System, log);
        Devices = new DeviceCompiler(cores, known, probe, watches, device => Log.DeviceDescribed(log, device));
        Cpus = new CpuPlanner(server.CpuFactsRoot, isSplit: server.CpuPartition == CpuPartition.Split);
    }

    /// <summary>OpenVINO's core; owned.</summary>
    public EngineCores Cores { get; }

    /// <summary>Compiles models for devices; uses <see cref="Cores"/>.</summary>
    public DeviceCompiler Devices { get; }

    /// <summary>Assigns CPUs to models.</summary>
    public CpuPlanner Cpus { get; }

    /// <summary>Loads the library, creates the core and adds the CPU extension.</summary>
    /// <returns>The engine, or a message that says what is missing.</returns>
    public static Outcome<Engine> Open(ServerOptions server, ILogger log)
    {
        string pluginsXml = server.OpenVinoPluginsXml;
        Outcome<KnownDevices> known = pluginsXml.Length == 0 ? KnownDevices.BuiltIn : KnownDevices.Read(pluginsXml);
        if (!known.IsOk)
        {
            return known.WithoutValue;
        }

        try
        {
            OpenVinoLibrary.Load();
            Log.Backend(log, OpenVinoLibrary.BuildNumber, OpenVinoLibrary.Directory);
            Log.Devices(log, DeviceInventory.DescribeWithoutPlugins());
            OpenVinoLibrary.SetLogCallback(line => Log.Engine(log, line.TrimEnd()));
            Core core = new(pluginsXml.Length == 0 ? null : pluginsXml);
            return AddExtension(core, server.CpuExtension) is { IsOk: false } refused
                ? Close(core, refused)
                : new Engine(new EngineCores(core, () => Another(pluginsXml, server.CpuExtension)), known.Value, server, log);
        }
        catch (Exception missing) when (missing is OpenVinoLibraryException or OpenVinoException)
        {
            return Outcome.Fail(StatusCode.RuntimeUnavailable, missing.Message);
        }
    }

    /// <summary>Whether it was used for a device other than the CPU. Then it is not freed: <see cref="DeviceWatches.Any"/>.</summary>
    public bool HoldsDevices => Devices.Watches.Any;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!HoldsDevices)
        {
            Cores.Dispose();
        }
    }

    private static Core Another(string pluginsXml, string extension)
    {
        Core core = new(pluginsXml.Length == 0 ? null : pluginsXml);
        try
        {
            if (extension.Length > 0)
            {
                core.AddExtension(extension);
            }

            return core;
        }
        catch
        {
            core.Dispose();
            throw;
        }
    }

    private static Outcome AddExtension(Core core, string path)
    {
        try
        {
            if (path.Length > 0)
            {
                RegularFile.Check(path);
                core.AddExtension(path);
            }

            return Outcome.Ok;
        }
        catch (NotRegularFileException refused)
        {
            return Outcome.Fail(
                StatusCode.RuntimeUnavailable,
                $"The CPU extension {path} cannot be loaded: {refused.Message} It must be a library built for this OpenVINO.");
        }
        catch (OpenVinoException refused)
        {
            return Outcome.Fail(
                StatusCode.RuntimeUnavailable,
                $"The CPU extension {path} cannot be loaded: {refused.Said}. It must be a library built for this OpenVINO.");
        }
    }

    private static Outcome Close(Core core, Outcome refused)
    {
        core.Dispose();
        return refused;
    }
}
