using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>How one API encodes inferences.</summary>
/// <param name="path">The path of its calls.</param>
/// <param name="origin">The API, as calls name their origin.</param>
/// <param name="read">Parses a request.</param>
/// <param name="bound">Returns the most bytes of a compressed request, given its first bytes: see <see cref="PackedBound"/>.</param>
/// <param name="create">Creates a response for the given pool.</param>
internal sealed class InferApi(
    string path,
    CallOrigin origin,
    InferApi.Reader read,
    Func<CallEnd, NativeBuffer, Outcome<long?>> bound,
    Func<Recycled<InferAnswer>, InferAnswer> create)
{
    /// <summary>
    /// The most inputs, outputs, parameters or pieces of contents: no model has more. Larger requests are rejected before they cost
    /// memory.
    /// </summary>
    public const int MaxEntries = 4096;

    /// <summary>The most dimensions of a tensor.</summary>
    public const int MaxDimensions = 64;

    private readonly Recycled<InferAnswer> _answers = new(create);

    /// <summary>Parses a request.</summary>
    /// <param name="payload">The resulting message owns it; after an error it is disposed.</param>
    /// <param name="head">Model, version and id of the request; also set when the request breaks off behind them.</param>
    public delegate Outcome<InferMessage> Reader(NativeBuffer payload, out CallSubject head);

    /// <summary>The path of its calls.</summary>
    public string Path => path;

    /// <summary>The API, as calls name their origin.</summary>
    public CallOrigin Origin => origin;

    /// <summary>Parses a request.</summary>
    public Reader Read => read;

    /// <summary>Returns the most bytes of a compressed request, given its first bytes: see <see cref="PackedBound"/>.</summary>
    public Func<CallEnd, NativeBuffer, Outcome<long?>> Bound => bound;

    /// <summary>Creates the response to a call that has run. The call's owner still disposes the call.</summary>
    /// <exception cref="OvmsException">The API cannot encode an output.</exception>
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
