using System.Buffers;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.KServe;

/// <summary>A ModelStreamInferResponse: a response, or an error with the id of its request. Used again and again.</summary>
internal sealed class StreamResponse
{
    private const int ErrorMessage = 1;
    private const int InferResponse = 2;

    private readonly ResponseParts _parts = new();
    private string _error = "";
    private long _inner;

    /// <summary>Assigns a message and measures it.</summary>
    /// <param name="content">The response; without outputs in an error.</param>
    /// <param name="error">The error's text; empty for none.</param>
    /// <returns>Its length in bytes.</returns>
    public long Measure(in AnswerContent content, string error)
    {
        _error = error;
        _inner = _parts.Measure(content);
        return ProtoSize.Text(ErrorMessage, error) + ProtoSize.Field(InferResponse, _inner);
    }

    /// <summary>Writes exactly as many bytes as were measured.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ProtoWriter writer = new(output);
        writer.WriteText(ErrorMessage, _error);
        writer.WriteHeader(InferResponse, _inner);
        _parts.Write(output);
        _parts.Clear();
    }
}
