using System.Collections.Immutable;
using Ovms.Frontends.Extensions;
using Ovms.Frontends.Rest.Json;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.KServe;

/// <summary>Writes a model's configuration as JSON: keys as in the protobuf message, enums by name, integers as numbers.</summary>
internal static class ModelConfigJson
{
    /// <summary>Writes the configuration.</summary>
    public static void Write(NativeBuffer body, ModelConfiguration model)
    {
        body.Raw("{\"name\":"u8);
        body.Text(model.Name);
        body.Raw(",\"platform\":"u8);
        body.Text(ModelConfiguration.Backend);
        body.Raw(",\"backend\":"u8);
        body.Text(ModelConfiguration.Backend);
        body.Raw(",\"max_batch_size\":"u8);
        body.Number(model.MaxBatchSize);
        body.Raw(",\"input\":"u8);
        Write(body, model.Inputs);
        body.Raw(",\"output\":"u8);
        Write(body, model.Outputs);
        body.Raw(",\"instance_group\":[{\"name\":"u8);
        body.Text(model.Name);
        body.Raw(",\"kind\":\"KIND_MODEL\",\"count\":"u8);
        body.Number(model.Instances);
        body.Raw("}]"u8);
        body.Raw(model.IsStateful ? ",\"sequence_batching\":{\"direct\":{}}"u8 : default);
        if (model.Devices is { } devices)
        {
            body.Raw(",\"parameters\":{"u8);
            body.Text(ModelConfiguration.DevicesKey);
            body.Raw(":{\"string_value\":"u8);
            body.Text(devices);
            body.Raw("}}"u8);
        }

        body.Raw(",\"model_transaction_policy\":{\"decoupled\":false}}"u8);
    }

    private static void Write(NativeBuffer body, ImmutableArray<ConfiguredTensor> tensors)
    {
        body.Raw("["u8);
        for (int i = 0; i < tensors.Length; i++)
        {
            body.Raw(i == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            body.Text(tensors[i].Name);
            body.Raw(",\"data_type\":"u8);
            body.Text(ConfigDatatype.NameOf(tensors[i].Datatype));
            body.Raw(",\"dims\":"u8);
            body.Numbers(tensors[i].Dims.AsSpan());
            body.Raw("}"u8);
        }

        body.Raw("]"u8);
    }
}
