using System.Collections.Immutable;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Ovms.Frontends.Grpc.Protos.TensorFlow;
using Ovms.Frontends.Grpc.Protos.TensorFlowServing;
using Ovms.Frontends.Grpc.Transport;
using Ovms.Observability.Metrics;
using Ovms.Serving.Table;
using Ovms.Status;
using StatusCode = Ovms.Status.StatusCode;
using TensorInfo = Ovms.Serving.Signatures.TensorInfo;
using WireTensorInfo = Ovms.Frontends.Grpc.Protos.TensorFlow.TensorInfo;

namespace Ovms.Frontends.Grpc.TensorFlow;

/// <summary>The calls of tensorflow.serving.PredictionService except Predict. <see cref="TfsBinding"/> names them.</summary>
internal sealed class TfsPredictionService(ServableRegistry registry, CallCounts counts)
{
    private const string SignatureField = "signature_def";
    private const string Signature = "serving_default";
    private const long AnySize = -1;

    /// <summary>A version's inputs and outputs, as the signature that TensorFlow's clients ask for.</summary>
    public GetModelMetadataResponse GetModelMetadata(GetModelMetadataRequest request)
    {
        if (request.ModelSpec is not { } asked)
        {
            throw GrpcEdge.ToException(Outcome.Fail(StatusCode.ModelSpecMissing));
        }

        if (request.MetadataField is not [SignatureField])
        {
            string fields = Shown.Bounded(string.Join(", ", request.MetadataField));
            throw GrpcEdge.ToException(Outcome.Fail(
                StatusCode.InvalidSignatureDef,
                $"metadata_field; Expected: {SignatureField}; Actual: {(fields.Length == 0 ? "none" : fields)}"));
        }

        Outcome<string> version = TfsModelSpec.VersionOf(asked);
        Outcome<(ModelEntry Model, VersionEntry Version)> found = version.IsOk
            ? registry.Find(asked.Name, version.Value!)
            : version.WithoutValue;
        counts.Count(CallKind.GetModelMetadataGrpc, asked.Name, version.Value ?? "", found.IsOk);
        if (!found.IsOk)
        {
            throw GrpcEdge.ToException(found.WithoutValue);
        }

        Servable servable = found.Value.Version.Servable!;
        SignatureDef signature = new();
        Describe(signature.Inputs, servable.Signature.InputsInNameOrder);
        Describe(signature.Outputs, servable.Signature.OutputsInNameOrder);
        return new GetModelMetadataResponse
        {
            ModelSpec = new ModelSpec { Name = servable.Id.Name, Version = servable.Id.Version },
            Metadata = { [SignatureField] = Any.Pack(new SignatureDefMap { SignatureDef = { [Signature] = signature } }) },
        };
    }

    private static void Describe(MapField<string, WireTensorInfo> tensors, ImmutableArray<TensorInfo> infos)
    {
        foreach (TensorInfo info in infos)
        {
            TensorShapeProto shape = new() { UnknownRank = !info.Shape.HasRank };
            for (int i = 0; info.Shape.HasRank && i < info.Shape.Rank; i++)
            {
                shape.Dim.Add(new TensorShapeProto.Types.Dim { Size = info.Shape[i].IsStatic ? info.Shape[i].Min : AnySize });
            }

            DataType datatype = (DataType)TensorDatatypes.NumberOf(info.Marshaler);
            tensors[info.Name] = new WireTensorInfo { Name = info.Name, Dtype = datatype, TensorShape = shape };
        }
    }
}
