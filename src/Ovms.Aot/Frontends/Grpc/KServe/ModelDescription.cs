using Ovms.Frontends.Extensions;
using Ovms.Frontends.Grpc.Protos;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>Converts a servable into the response to ModelMetadata.</summary>
internal static class ModelDescription
{
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
        ModelMetadataResponse.Types.TensorMetadata metadata = new() { Name = info.Name, Datatype = info.ReportedDatatype };
        metadata.Shape.AddRange(ReportedShape.Of(info));
        return metadata;
    }
}
