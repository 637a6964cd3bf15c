using Ovms.Frontends.Grpc.Transport;
using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>One API's form of an inference on the wire.</summary>
/// <param name="path">Path of its HTTP/2 requests.</param>
/// <param name="origin">Where its calls come from.</param>
/// <param name="messages">Messages to read requests into.</param>
/// <param name="read">Reads the request that a message has into its fields.</param>
/// <param name="open">Opens the call where the first bytes of its message name the model: see <see cref="PackedBound.TryOpen"/>.</param>
/// <param name="bound">How long a packed request may become, from its first bytes: see <see cref="PackedBound"/>.</param>
/// <param name="create">Makes an answer, which goes back to the given place.</param>
internal sealed class InferApi(
    string path,
    CallOrigin origin,
    Recycled<InferMessage> messages,
    Func<InferMessage, Outcome> read,
    Func<CallEnd, NativeBuffer, Outcome<bool>> open,
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

    /// <summary>Path of its HTTP/2 requests.</summary>
    public string Path => path;

    /// <summary>The API, as calls name their origin.</summary>
    public CallOrigin Origin => origin;

    /// <summary>Reads a request.</summary>
    /// <param name="payload">Owned by the message that was read, or disposed.</param>
    /// <param name="head">Model, version and id, as far as the request gets.</param>
    /// <returns>The message, for the caller to own; or what is wrong with the request, or that there is no memory for it.</returns>
    public Outcome<InferMessage> Read(NativeBuffer payload, out CallSubject head)
    {
        InferMessage message = messages.Rent();
        message.Begin(origin, payload);
        bool isRead = false;
        try
        {
            Outcome outcome = read(message);
            isRead = outcome.IsOk;
            return isRead ? message : outcome;
        }
        catch (MalformedProtoException malformed)
        {
            return Outcome.Fail(StatusCode.MalformedMessage, malformed.Message);
        }
        catch (OvmsException refused)
        {
            return refused.Outcome;
        }
        catch (OutOfMemoryException exhausted)
        {
            return Outcome.Fail(StatusCode.OutOfMemory, exhausted.Message);
        }
        finally
        {
            head = new CallSubject(message.ModelName, message.ModelVersion, message.Id);
            if (!isRead)
            {
                message.Dispose();
            }
        }
    }

    /// <summary>Opens the call where the first bytes of its message name the model.</summary>
    public Func<CallEnd, NativeBuffer, Outcome<bool>> Open => open;

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
