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
    /// <summary>More inputs, outputs, parameters or pieces of contents than this no model has: they are refused before they cost memory.</summary>
    public const int MaxEntries = 4096;

    /// <summary>More dimensions than this no tensor has.</summary>
    public const int MaxDimensions = 64;

    private readonly Recycled<InferAnswer> _answers = new(create);

    /// <summary>Path of its HTTP/2 requests.</summary>
    public string Path => path;

    /// <summary>Where its calls come from.</summary>
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
