using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>One API's form of an inference on the wire.</summary>
/// <param name="path">Of the call.</param>
/// <param name="origin">Where its calls come from.</param>
/// <param name="read">Reads a request.</param>
/// <param name="bound">How long a packed request may become, from its first bytes: see <see cref="PackedBound"/>.</param>
/// <param name="create">Makes an answer, which goes back to where it is told.</param>
internal sealed class InferApi(
    string path,
    CallOrigin origin,
    InferApi.Reader read,
    Func<CallEnd, NativeBuffer, Outcome<long?>> bound,
    Func<Recycled<InferAnswer>, InferAnswer> create)
{
    /// <summary>More inputs, outputs, parameters or pieces of contents than this no model has: they are refused before they cost memory.</summary>
    public const int MaxEntries = 4096;

    /// <summary>More dimensions than this no tensor has.</summary>
    public const int MaxDimensions = 64;

    private readonly Recycled<InferAnswer> _answers = new(create);

    /// <summary>Reads a request.</summary>
    /// <param name="payload">Owned by the message that was read, or disposed.</param>
    /// <param name="head">What the request is about, also where it breaks off behind that.</param>
    public delegate Outcome<InferMessage> Reader(NativeBuffer payload, out CallSubject head);

    /// <summary>Of the call.</summary>
    public string Path => path;

    /// <summary>Where its calls come from.</summary>
    public CallOrigin Origin => origin;

    /// <summary>Reads a request.</summary>
    public Reader Read => read;

    /// <summary>How long a packed request may become, from its first bytes: see <see cref="PackedBound"/>.</summary>
    public Func<CallEnd, NativeBuffer, Outcome<long?>> Bound => bound;

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
