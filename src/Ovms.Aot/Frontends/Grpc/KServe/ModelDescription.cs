using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>Converts a servable into the response to ModelMetadata.</summary>
internal static class ModelDescription
{
    private const long AnySize = -1;

    /// <summary>Describes an available version, with inputs and outputs sorted by name, as in the original.</summary>
    public static ModelMetadataResponse Of(ModelEntry model, VersionEntry version)
    {
        Servable servable = version.Servable!;
        ModelMetadataResponse response = new() { Name = servable.Id.Name, Platform = KServeService.Platform };
        foreach (VersionEntry entry in model.Versions)
        {
            if (entry.Servable is { } available)
            {
                response.Versions.Add(available.Id.VersionText);
            }
        }

        foreach (TensorInfo input in servable.Signature.InputsInNameOrder)
        {
            response.Inputs.Add(Describe(input));
        }

        foreach (TensorInfo output in servable.Signature.OutputsInNameOrder)
        {
            response.Outputs.Add(Describe(output));
        }

        return response;
    }

    private static ModelMetadataResponse.Types.TensorMetadata Describe(TensorInfo info)
    {
        ModelMetadataResponse.Types.TensorMetadata metadata = new() { Name = info.Name, Datatype = info.Marshaler.Datatype };
        if (!info.Shape.HasRank)
        {
            metadata.Shape.Add(AnySize);
            return metadata;
        }

        for (int i = 0; i < info.Shape.Rank; i++)
        {
            metadata.Shape.Add(info.Shape[i].IsStatic ? info.Shape[i].Min : AnySize);
        }

        return metadata;
    }
}
