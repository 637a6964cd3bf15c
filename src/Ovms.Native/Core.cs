using System.Runtime.InteropServices;
using System.Text;
using Ovms.Native.Handles;
using Ovms.Native.Interop;
using Ovms.Native.Marshalling;

namespace Ovms.Native;

/// <summary>
/// OpenVINO's core: reads models, compiles them for devices and queries devices. Thread-safe. Objects that it creates remain valid after
/// it is disposed. Needs <c>/proc</c> on Linux: without it the CPU plugin never returns from compiling.
/// </summary>
public sealed unsafe class Core : IDisposable
{
    private readonly CoreHandle _handle;

    /// <summary>Loads OpenVINO if necessary. A device's plugin is opened on first use.</summary>
    /// <param name="pluginsXml">A file that assigns plugins to device names; null for the plugins beside the library.</param>
    /// <exception cref="OpenVinoLibraryException">OpenVINO is missing, broken or too old.</exception>
    /// <exception cref="OpenVinoException">The file cannot be read.</exception>
    public Core(string? pluginsXml = null)
    {
        OpenVinoLibrary.Load();
        if (pluginsXml is null)
        {
            OpenVino.ov_core_create(out _handle).Check();
            return;
        }

        CString.Require(pluginsXml);
        if (OperatingSystem.IsWindows())
            OpenVino.ov_core_create_with_config_unicode(WindowsPath.Long(pluginsXml), out _handle).Check();
        else
            OpenVino.ov_core_create_with_config(pluginsXml, out _handle).Check();
    }

    /// <summary>Reads a model file, or the folder of a TensorFlow SavedModel.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="weights">The file of an IR's weights; null if OpenVINO finds them beside the model.</param>
    public Model ReadModel(string path, string? weights = null)
    {
        CString.Require(path);
        if (weights is not null)
            CString.Require(weights);
        ModelHandle model;
        if (OperatingSystem.IsWindows())
        {
            string? longWeights = weights is null ? null : WindowsPath.Long(weights);
            OpenVino.ov_core_read_model_unicode(_handle, WindowsPath.Long(path), longWeights, out model).Check();
        }
        else
        {
            OpenVino.ov_core_read_model(_handle, path, weights, out model).Check();
        }

        return new Model(model);
    }

    /// <summary>Reads a model from the text of an IR.</summary>
    /// <param name="ir">The text.</param>
    /// <param name="weights">
    /// The contents of its .bin, whose memory the model keeps; null if it has none. The tensor may be disposed, but must not lie over
    /// memory of the caller.
    /// </param>
    public Model ReadModelText(string ir, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(ir);
        byte[] text = Encoding.UTF8.GetBytes(ir);
        fixed (byte* start = text)
        {
            bool added = false;
            try
            {
                weights?.Handle.DangerousAddRef(ref added);
                IntPtr tensor = weights?.Handle.DangerousGetHandle() ?? IntPtr.Zero;
                OpenVino.ov_core_read_model_from_memory_buffer(_handle, start, (nuint)text.Length, tensor, out ModelHandle model).Check();
                return new Model(model);
            }
            finally
            {
                if (added)
                    weights!.Handle.DangerousRelease();
            }
        }
    }

    /// <summary>Compiles a model for a device string such as <c>CPU</c>, <c>AUTO:GPU,CPU</c> or <c>BATCH:CPU(16)</c>.</summary>
    public CompiledModel Compile(Model model, string device, IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        ArgumentNullException.ThrowIfNull(model);
        CString.Require(device);
        using PropertyList list = new(properties);
        OpenVino.ov_core_compile_model_props(
            _handle, model.Handle, device, list.Count, list.Items, out CompiledModelHandle compiled).Check();
        return new CompiledModel(compiled);
    }

    /// <summary>
    /// Devices that are present. This opens every plugin, including GPU and NPU, which takes tens to hundreds of milliseconds. Do not call
    /// it while loading a model for the CPU.
    /// </summary>
    public IReadOnlyList<string> GetAvailableDevices()
    {
        ov_available_devices_t list = default;
        OpenVino.ov_core_get_available_devices(_handle, &list).Check();
        try
        {
            string[] devices = new string[checked((int)list.size)];
            for (int i = 0; i < devices.Length; i++)
                devices[i] = Marshal.PtrToStringUTF8((IntPtr)list.devices[i]) ?? "";
            return devices;
        }
        finally
        {
            OpenVino.ov_available_devices_free(&list);
        }
    }

    /// <summary>A property of a device, as text.</summary>
    /// <exception cref="OpenVinoException">The device is absent or does not support the key.</exception>
    public string GetProperty(string device, string key)
    {
        CString.Require(device);
        CString.Require(key);
        OpenVino.ov_core_get_property(_handle, device, key, out string? value).Check();
        return value ?? "";
    }

    /// <summary>As <see cref="GetProperty"/>; null if the device is absent or does not support the key.</summary>
    public string? TryGetProperty(string device, string key)
    {
        CString.Require(device);
        CString.Require(key);
        return OpenVino.ov_core_get_property(_handle, device, key, out string? value) == OvStatus.Ok ? value ?? "" : null;
    }

    /// <summary>Sets properties for models compiled for the device from now on.</summary>
    public void SetProperties(string device, IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        CString.Require(device);
        using PropertyList list = new(properties);
        OpenVino.ov_core_set_properties(_handle, device, list.Count, list.Items).Check();
    }

    /// <summary>Name, description and build of each plugin that a device string uses.</summary>
    public IReadOnlyList<(string Device, string Description, string Build)> GetVersions(string device)
    {
        CString.Require(device);
        ov_core_version_list_t list = default;
        OpenVino.ov_core_get_versions_by_device_name(_handle, device, &list).Check();
        try
        {
            var versions = new (string, string, string)[checked((int)list.size)];
            for (int i = 0; i < versions.Length; i++)
            {
                ov_core_version_t* entry = list.versions + i;
                versions[i] = (Text(entry->device_name), Text(entry->version.description), Text(entry->version.buildNumber));
            }
            return versions;
        }
        finally
        {
            OpenVino.ov_core_versions_free(&list);
        }

        static string Text(byte* borrowed) => Marshal.PtrToStringUTF8((IntPtr)borrowed) ?? "";
    }

    /// <summary>Loads a library of custom operations, such as the tokenizers extension.</summary>
    public void AddExtension(string path)
    {
        CString.Require(path);
        OpenVino.ov_core_add_extension(_handle, path).Check();
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
