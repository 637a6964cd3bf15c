using Ovms.Serving;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>The states of all models in the form of the original, to the blank: scripts compare it as text.</summary>
internal static class ConfigJson
{
    /// <summary>Writes all models, sorted by name, those that are no longer configured among them.</summary>
    public static void Write(NativeBuffer body, ServableTable table)
    {
        ModelEntry[] models = [.. table.Models.OrderBy(static model => model.Name, StringComparer.Ordinal)];
        if (models.Length == 0)
        {
            body.Raw("{}"u8);
            return;
        }

        body.Raw("{\n"u8);
        for (int i = 0; i < models.Length; i++)
        {
            body.Raw(i == 0 ? default : ",\n"u8);
            WriteModel(body, models[i]);
        }

        body.Raw("\n}"u8);
    }

    private static void WriteModel(NativeBuffer body, ModelEntry model)
    {
        body.Text(model.Name);
        body.Raw(" : \n{\n \"model_version_status\": ["u8);
        for (int i = 0; i < model.Versions.Length; i++)
        {
            body.Raw(i == 0 ? "\n"u8 : ",\n"u8);
            WriteVersion(body, model.Versions[i]);
        }

        body.Raw(model.Versions.IsEmpty ? "]\n}"u8 : "\n ]\n}"u8);
    }

    private static void WriteVersion(NativeBuffer body, VersionEntry entry)
    {
        VersionHealth health = VersionHealth.Of(entry);
        body.Raw("  {\n   \"version\": \""u8);
        body.Number(entry.Version);
        body.Raw("\",\n   \"state\": "u8);
        body.Text(entry.State.ToString().ToUpperInvariant());
        body.Raw(",\n   \"status\": {\n    \"error_code\": "u8);
        body.Text(health.CodeName);
        body.Raw(",\n    \"error_message\": "u8);
        body.Text(health.Message);
        body.Raw("\n   }\n  }"u8);
    }
}
