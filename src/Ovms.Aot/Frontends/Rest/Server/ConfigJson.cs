using Ovms.Frontends.Rest.Json;
using Ovms.Serving;
using Ovms.Serving.Table;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Server;

/// <summary>Writes the states of all models exactly as the original does, spaces included: scripts compare it as text.</summary>
internal static class ConfigJson
{
    /// <summary>Writes all models, sorted by name, including models that are no longer configured.</summary>
    public static void Write(NativeBuffer body, ServableTable table)
    {
        (string Name, (long Version, ServableState State, VersionHealth Health)[] Versions)[] rows =
        [
            .. table.Models
                .Select(static model => (
                    model.Name,
                    model.Versions.Select(static entry => (entry.Version, entry.State, VersionHealth.Of(entry))).ToArray()))
                .OrderBy(static row => row.Item1, StringComparer.Ordinal),
        ];
        if (rows.Length == 0)
        {
            body.Raw("{}"u8);
            return;
        }

        body.Raw("{\n"u8);
        for (int i = 0; i < rows.Length; i++)
        {
            body.Raw(i == 0 ? default : ",\n"u8);
            WriteRow(body, rows[i].Name, rows[i].Versions);
        }

        body.Raw("\n}"u8);
    }

    private static void WriteRow(NativeBuffer body, string name, (long Version, ServableState State, VersionHealth Health)[] versions)
    {
        body.Text(name);
        body.Raw(" : \n{\n \"model_version_status\": ["u8);
        for (int i = 0; i < versions.Length; i++)
        {
            body.Raw(i == 0 ? "\n"u8 : ",\n"u8);
            WriteVersion(body, versions[i].Version, versions[i].State, versions[i].Health);
        }

        body.Raw(versions.Length == 0 ? "]\n}"u8 : "\n ]\n}"u8);
    }

    private static void WriteVersion(NativeBuffer body, long version, ServableState state, VersionHealth health)
    {
        body.Raw("  {\n   \"version\": \""u8);
        body.Number(version);
        body.Raw("\",\n   \"state\": "u8);
        body.Text(state.ToString().ToUpperInvariant());
        body.Raw(",\n   \"status\": {\n    \"error_code\": "u8);
        body.Text(health.CodeName);
        body.Raw(",\n    \"error_message\": "u8);
        body.Text(health.Message);
        body.Raw("\n   }\n  }"u8);
    }
}
