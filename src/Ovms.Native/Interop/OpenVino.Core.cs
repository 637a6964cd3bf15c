using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using Ovms.Native.Handles;
using Ovms.Native.Marshalling;

namespace Ovms.Native.Interop;

/// <summary><c>ov_version_t</c>; the library owns both texts until <c>ov_version_free</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_version_t
{
    public byte* buildNumber;
    public byte* description;
}

/// <summary><c>ov_core_version_t</c>: one plugin of an <see cref="ov_core_version_list_t"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_core_version_t
{
    public byte* device_name;
    public ov_version_t version;
}

/// <summary><c>ov_core_version_list_t</c>; freed as a whole by <c>ov_core_versions_free</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_core_version_list_t
{
    public ov_core_version_t* versions;
    public nuint size;
}

/// <summary><c>ov_available_devices_t</c>; freed as a whole by <c>ov_available_devices_free</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ov_available_devices_t
{
    public byte** devices;
    public nuint size;
}

// ov_core.h. The _unicode variants take UTF-16 and are for Windows, where a char path is read in the ANSI code page.
internal static unsafe partial class OpenVino
{
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_get_openvino_version(ov_version_t* version);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_version_free(ov_version_t* version);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_create(out CoreHandle core);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_create_with_config(string xml_config_file, out CoreHandle core);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf16)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_create_with_config_unicode(string xml_config_file_ws, out CoreHandle core);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_core_free(IntPtr core);

    /// <summary>If <paramref name="bin_path"/> is null, the library looks for the weights beside the model.</summary>
    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_read_model(CoreHandle core, string model_path, string? bin_path, out ModelHandle model);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf16)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_read_model_unicode(
        CoreHandle core, string model_path, string? bin_path, out ModelHandle model);

    /// <summary><paramref name="weights"/> is a tensor, or null if the model has none.</summary>
    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_read_model_from_memory_buffer(
        CoreHandle core, byte* model_str, nuint str_len, IntPtr weights, out ModelHandle model);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_add_extension(CoreHandle core, string path);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_set_properties(
        CoreHandle core, string device_name, nuint num_properties, ov_property_t* properties);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_get_property(
        CoreHandle core, string device_name, string property_key, [MarshalUsing(typeof(OwnedUtf8String))] out string? property_value);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_compile_model_props(
        CoreHandle core, ModelHandle model, string device_name, nuint num_properties, ov_property_t* properties,
        out CompiledModelHandle compiled_model);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_get_available_devices(CoreHandle core, ov_available_devices_t* devices);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_available_devices_free(ov_available_devices_t* devices);

    [LibraryImport(Libraries.OpenVinoC, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial OvStatus ov_core_get_versions_by_device_name(
        CoreHandle core, string device_name, ov_core_version_list_t* versions);

    [LibraryImport(Libraries.OpenVinoC), UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    internal static partial void ov_core_versions_free(ov_core_version_list_t* versions);
}
