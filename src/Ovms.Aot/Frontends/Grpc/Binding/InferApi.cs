using Ovms.Inference;
using Ovms.Inference.Messages;
using Ovms.Status;
using Ovms.Tensors;
using Ovms.Wire;

namespace Ovms.Frontends.Grpc.Binding;

/// <summary>One API's form of an inference on the wire.</summary>
/// <param name="path">Path of its HTTP/2 requests.</param>
/// <param name="origin">Where its calls come from.</param>
/// <param name="messages">The pool of messages.</param>
/// <param name="read">Reads the fields of the request that a message holds.</param>
/// <param name="peek">Finds the model in the first bytes of a request; does not throw.</param>
/// <param name="create">Creates an answer for the given pool.</param>
internal sealed class InferApi(
    string path,
    CallOrigin origin,
    Recycled<InferMessage> messages,
    Func<InferMessage, Outcome> read,
    Func<NativeBuffer, MessageHead> peek,
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
    /// <param name="payload">The request; the message owns it from here on. Disposed if it cannot be read.</param>
    /// <param name="head">Model, version and id, as far as the request could be read.</param>
    /// <returns>The message, owned by the caller; or what is wrong with the request, or that there is no memory for it.</returns>
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

    /// <summary>Finds the model that the first bytes of a request name.</summary>
    public MessageHead Peek(NativeBuffer begin) => peek(begin);

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
