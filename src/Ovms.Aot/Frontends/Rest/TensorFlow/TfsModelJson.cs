using System.Collections.Immutable;
using Ovms.Frontends.Rest.Json;
using Ovms.Serving;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.TensorFlow;

/// <summary>Writes the documents about models for clients of TensorFlow Serving and OpenAI.</summary>
internal static class TfsModelJson
{
    /// <summary>Writes the members of OpenAI's model object, without braces.</summary>
    public static void WriteIdentity(NativeBuffer body, string model)
    {
        body.Raw("\"id\":"u8);
        body.Text(model);
        body.Raw(",\"object\":\"model\",\"created\":"u8);
        body.Number(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        body.Raw(",\"owned_by\":\"OVMS\""u8);
    }

    /// <summary>Writes the array of versions with their states.</summary>
    public static void WriteStatus(NativeBuffer body, ImmutableArray<VersionEntry> versions)
    {
        body.Raw("["u8);
        for (int i = 0; i < versions.Length; i++)
        {
            VersionHealth health = VersionHealth.Of(versions[i]);
            body.Raw(i == 0 ? "{\"version\":\""u8 : ",{\"version\":\""u8);
            body.Number(versions[i].Version);
            body.Raw("\",\"state\":"u8);
            body.Text(versions[i].State.ToString().ToUpperInvariant());
            body.Raw(",\"status\":{\"error_code\":"u8);
            body.Text(health.CodeName);
            body.Raw(",\"error_message\":"u8);
            body.Text(health.Message);
            body.Raw("}}"u8);
        }

        body.Raw("]"u8);
    }

    /// <summary>Writes the signature for TensorFlow Serving's clients: protobuf's JSON form, with 64-bit numbers as strings.</summary>
    public static void WriteMetadata(NativeBuffer body, ServableId id, Signature signature)
    {
        body.Raw("{\"modelSpec\":{\"name\":"u8);
        body.Text(id.Name);
        body.Raw(",\"signatureName\":\"\",\"version\":"u8);
        body.Text(id.VersionText);
        body.Raw("},\"metadata\":{\"signature_def\":"u8);
        body.Raw("{\"@type\":\"type.googleapis.com/tensorflow.serving.SignatureDefMap\","u8);
        body.Raw("\"signatureDef\":{\"serving_default\":{\"inputs\":"u8);
        WriteTensors(body, signature.InputsInNameOrder);
        body.Raw(",\"outputs\":"u8);
        WriteTensors(body, signature.OutputsInNameOrder);
        body.Raw(",\"methodName\":\"\",\"defaults\":{}}}}}}"u8);
    }

    private static void WriteTensors(NativeBuffer body, ImmutableArray<TensorInfo> tensors)
    {
        body.Raw("{"u8);
        for (int i = 0; i < tensors.Length; i++)
        {
            TensorInfo tensor = tensors[i];
            body.Raw(i == 0 ? default : ","u8);
            body.Text(tensor.Name);
            body.Raw(":{\"dtype\":"u8);
            body.Text(tensor.Marshaler.TfsDatatype ?? "DT_INVALID");
            body.Raw(",\"tensorShape\":{\"dim\":["u8);
            for (int d = 0; tensor.Shape.HasRank && d < tensor.Shape.Rank; d++)
            {
                body.Raw(d == 0 ? "{\"size\":\""u8 : ",{\"size\":\""u8);
                body.Number(tensor.Shape[d].IsStatic ? tensor.Shape[d].Min : -1);
                body.Raw("\",\"name\":\"\"}"u8);
            }

            body.Raw("],\"unknownRank\":"u8);
            body.Raw(tensor.Shape.HasRank ? "false"u8 : "true"u8);
            body.Raw("},\"name\":"u8);
            body.Text(tensor.Name);
            body.Raw("}"u8);
        }

        body.Raw("}"u8);
    }
}
