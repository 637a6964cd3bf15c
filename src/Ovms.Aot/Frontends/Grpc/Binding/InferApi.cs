using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>One API's form of an inference on the wire.</summary>
/// <param name="path">Of the call.</param>
/// <param name="read">Reads a request, which is owned by the message that was read, or disposed.</param>
/// <param name="peek">Finds the model that a request's first bytes name; null where they do not.</param>
/// <param name="create">Makes an answer, which goes back to where it is told.</param>
internal sealed class InferApi(
    string path, Func<NativeBuffer, Outcome<InferMessage>> read, Func<NativeBuffer, (string Name, string Version)?> peek, Func<Recycled<InferAnswer>, InferAnswer> create)
{
    private readonly Recycled<InferAnswer> _answers = new(create);

    /// <summary>Of the call.</summary>
    public string Path => path;

    /// <summary>Reads a request.</summary>
    /// <param name="payload">Owned by the message that was read, or disposed.</param>
    public Outcome<InferMessage> Read(NativeBuffer payload) => read(payload);

    /// <summary>Finds the model that a request's first bytes name; null where they do not.</summary>
    public (string Name, string Version)? Peek(NativeBuffer begin) => peek(begin);

    /// <summary>Makes the answer of a call that has run, which stays the caller's.</summary>
    /// <exception cref="OvmsException">The API has no form for an output.</exception>
    public InferAnswer Measure(ModelCall call)
    {
        InferAnswer answer = _answers.Rent();
        try
        {
            answer.Measure(call);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }
}
