using System.Collections.Immutable;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.Json;
using Ovms.Serving;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Writes the metadata documents.</summary>
internal static class MetadataJson
{
    /// <summary>Writes the server's name, version and extensions.</summary>
    public static void WriteServer(NativeBuffer body, string version, ImmutableArray<string> extensions)
    {
        body.Raw("{\"name\":\"OpenVINO Model Server\",\"version\":"u8);
        body.Text(version);
        body.Raw(",\"extensions\":["u8);
        for (int i = 0; i < extensions.Length; i++)
        {
            body.Raw(i == 0 ? default : ","u8);
            body.Text(extensions[i]);
        }

        body.Raw("]}"u8);
    }

    /// <summary>Writes a model's versions, inputs and outputs.</summary>
    /// <param name="modelInfo">The model's own <c>model_info</c>; if null or empty, nothing is written for it.</param>
    /// <param name="devices">The devices that run it, as text; if null, nothing is written for them.</param>
    public static void WriteModel(
        NativeBuffer body,
        ModelEntry model,
        Signature signature,
        IReadOnlyList<KeyValuePair<string, string>>? modelInfo = null,
        string? devices = null)
    {
        body.Raw("{\"name\":"u8);
        body.Text(model.Name);
        body.Raw(",\"versions\":["u8);
        ReadOnlySpan<byte> separator = default;
        foreach (VersionEntry version in model.Versions)
        {
            if (version.State == ServableState.Available)
            {
                body.Raw(separator);
                body.Raw("\""u8);
                body.Number(version.Version);
                body.Raw("\""u8);
                separator = ","u8;
            }
        }

        body.Raw("],\"platform\":\"OpenVINO\",\"inputs\":"u8);
        WriteTensors(body, signature.InputsInNameOrder);
        body.Raw(",\"outputs\":"u8);
        WriteTensors(body, signature.OutputsInNameOrder);
        if (modelInfo is { Count: > 0 } || devices is not null)
        {
            WriteRuntimeInfo(body, modelInfo ?? [], devices);
        }

        body.Raw("}"u8);
    }

    private static void WriteTensors(NativeBuffer body, ImmutableArray<TensorInfo> tensors)
    {
        body.Raw("["u8);
        for (int i = 0; i < tensors.Length; i++)
        {
            TensorInfo tensor = tensors[i];
            body.Raw(i == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            body.Text(tensor.Name);
            body.Raw(",\"datatype\":"u8);
            body.Text(tensor.ReportedDatatype);
            body.Raw(",\"shape\":"u8);
            body.Numbers(ReportedShape.Of(tensor).AsSpan());
            body.Raw("}"u8);
        }

        body.Raw("]"u8);
    }

    private static void WriteRuntimeInfo(NativeBuffer body, IReadOnlyList<KeyValuePair<string, string>> modelInfo, string? devices)
    {
        body.Raw(",\"rt_info\":{"u8);
        if (modelInfo.Count > 0)
        {
            WriteModelInfo(body, modelInfo);
            body.Raw(devices is null ? default : ","u8);
        }

        if (devices is not null)
        {
            body.Text(ModelConfiguration.DevicesKey);
            body.Raw(":"u8);
            body.Text(devices);
        }

        body.Raw("}"u8);
    }

    private static void WriteModelInfo(NativeBuffer body, IReadOnlyList<KeyValuePair<string, string>> modelInfo)
    {
        body.Raw("\"model_info\":{"u8);
        for (int i = 0; i < modelInfo.Count; i++)
        {
            body.Raw(i == 0 ? default : ","u8);
            body.Text(modelInfo[i].Key);
            body.Raw(":"u8);
            body.Text(modelInfo[i].Value);
        }

        body.Raw("}"u8);
    }
}
