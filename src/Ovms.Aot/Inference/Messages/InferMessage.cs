using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.SharedMemory;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Messages;

/// <summary>
/// One inference request as a front end read it, from any API: names, shapes and the tensors' bytes in unmanaged memory. It is not yet
/// checked against a model.
/// </summary>
/// <remarks>
/// The owner disposes it: the front end until <see cref="ModelCall"/> takes it over, then the call at its end. A rented message is reused
/// for another call afterwards, so nobody may keep a reference.
/// </remarks>
/// <param name="home">The pool it was rented from; null for a message that serves one call.</param>
internal sealed class InferMessage(Recycled<InferMessage>? home = null) : Recyclable, IDisposable
{
    // Most models have at most this many inputs. Further inputs of a rare call are not kept for reuse.
    private const int MostSpare = 8;

    private readonly Stack<InputTensor> _spare = [];
    private List<SharedRegion>? _regions;

    /// <summary>The API and transport of the request.</summary>
    public CallOrigin Origin { get; set; }

    /// <summary>The stopwatch timestamp of its last byte; 0 if it was not measured.</summary>
    public long Received { get; set; }

    /// <summary>Name of the servable where the message has it (gRPC); empty elsewhere.</summary>
    public string ModelName { get; set; } = "";

    /// <summary>The version as the caller wrote it; empty or "0" = the default version.</summary>
    public string ModelVersion { get; set; } = "";

    /// <summary>The caller's request id, echoed in the answer; null if it sent none.</summary>
    public string? Id { get; set; }

    /// <summary>The sequence parameters of the request; null if there are none. Only stateful models use them.</summary>
    public SequenceParameters? SequenceParameters { get; set; }

    /// <summary>The sequence and step of this request, set by <see cref="Sequences.SequenceInputs"/> for a stateful model.</summary>
    public SequenceStep Sequence { get; set; }

    /// <summary>The input tensors, in the order of the request.</summary>
    public List<InputTensor> Inputs { get; } = [];

    /// <summary>The requested outputs, in order; empty = all.</summary>
    public List<RequestedOutput> Outputs { get; } = [];

    /// <summary>Number of inputs whose content is not in shared memory: as many raw contents belong to the message.</summary>
    public int SentInputs
    {
        get
        {
            int sent = 0;
            foreach (InputTensor input in Inputs)
            {
                sent += input.Shared is null ? 1 : 0;
            }

            return sent;
        }
    }

    /// <summary>Number of raw contents beside the inputs (KServe gRPC); -1 for APIs without them.</summary>
    public int RawContentCount { get; set; } = -1;

    /// <summary>
    /// The bytes of the request, if contents of inputs are views into them; recycled with the inputs. Null if each input owns its
    /// content.
    /// </summary>
    public NativeBuffer? Payload { get; private set; }

    /// <summary>The memory budget's bytes that converted inputs hold; released with the inputs.</summary>
    public ConversionShare? ConversionShare { get; set; }

    /// <summary>The parameters of the request that are not of sequences, in order; models ignore them.</summary>
    public List<(string Name, ParameterValue Value)> Parameters { get; } = [];

    /// <summary>The time of the packets that a graph made of the request, in the unit of the caller; null for models.</summary>
    public long? PacketTime { get; set; }

    /// <summary>How many graphs called one another until this call: 0 for a caller's own.</summary>
    public int Depth { get; set; }

    /// <summary>Reserves bytes of the front end's memory for the answer; null if the front end does not count them.</summary>
    public Func<long, Outcome>? AnswerRoom { get; set; }

    /// <summary>Starts a message on the bytes of a request.</summary>
    /// <param name="origin">The API and transport of the request.</param>
    /// <param name="payload">The bytes; owned by the message from here on.</param>
    public void Begin(CallOrigin origin, NativeBuffer payload)
    {
        Origin = origin;
        Payload = payload;
    }

    /// <summary>
    /// Returns an empty input. The caller adds it to <see cref="Inputs"/> once it is read. Its converted values count against the
    /// request's budget.
    /// </summary>
    public InputTensor SpareInput()
    {
        InputTensor input = _spare.TryPop(out InputTensor? spare) ? spare : new InputTensor();
        input.Budget = Payload?.Budget;
        return input;
    }

    /// <summary>Where an output of the call belongs in shared memory; null if it belongs into the answer.</summary>
    /// <param name="output">Index among the call's outputs, which begin with those requested.</param>
    public SharedPlace? PlaceOf(int output) => output < Outputs.Count ? Outputs[output].Shared : null;

    /// <summary>Takes over the lease of a region that the call writes outputs to: it ends with the message.</summary>
    public void Hold(SharedRegion region) => (_regions ??= []).Add(region);

    /// <summary>Ends the use of the message by its only holder.</summary>
    public void Dispose() => Dispose(Stamp);

    /// <summary>Ends one use, for a holder that may be late: does nothing if the message already serves another call.</summary>
    /// <param name="stamp">The message's stamp when the holder got it.</param>
    public void Dispose(int stamp)
    {
        if (home is not null && !TryEndUse(stamp))
        {
            return;
        }

        foreach (InputTensor input in Inputs)
        {
            input.Dispose();
        }

        Payload?.Recycle();
        Payload = null;
        ConversionShare?.Dispose();
        ConversionShare = null;
        foreach (SharedRegion region in _regions ?? [])
        {
            region.Release();
        }

        _regions = null;
        if (home is not null)
        {
            Clear();
            home.Return(this);
        }
    }

    private void Clear()
    {
        foreach (InputTensor input in Inputs)
        {
            if (_spare.Count < MostSpare)
            {
                input.Clear();
                _spare.Push(input);
            }
        }

        Inputs.Clear();
        Outputs.Clear();
        Parameters.Clear();
        PacketTime = null;
        Depth = 0;
        if (Inputs.Capacity > MostSpare || Outputs.Capacity > MostSpare)
        {
            Inputs.Capacity = 0;
            Outputs.Capacity = 0;
        }

        if (Parameters.Capacity > MostSpare)
        {
            Parameters.Capacity = 0;
        }

        Received = 0;
        AnswerRoom = null;
        ModelName = "";
        ModelVersion = "";
        Id = null;
        SequenceParameters = null;
        Sequence = default;
        RawContentCount = -1;
    }
}

/// <summary>One input of an <see cref="InferMessage"/>.</summary>
internal sealed class InputTensor : IDisposable
{
    // Kept from an earlier call for reuse; nothing refers to them. Shapes are never written to.
    private NativeBuffer? _view;
    private long[] _lastShape = [];

    /// <summary>Name of the input.</summary>
    public string Name { get; set; } = "";

    /// <summary>The datatype as the caller wrote it, for example FP32.</summary>
    public string Datatype { get; set; } = "";

    /// <summary>The shape as the caller wrote it: dimensions may have any value.</summary>
    public long[] Shape { get; set; } = [];

    /// <summary>
    /// Product of the dimensions. Only meaningful once the validator has checked that none is negative and the product does not overflow.
    /// </summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (long dimension in Shape)
            {
                count *= dimension;
            }

            return count;
        }
    }

    /// <summary>
    /// Little-endian elements of <see cref="Datatype"/>. BYTES elements each have a little-endian uint32 length before their bytes. Null
    /// if no content was sent.
    /// </summary>
    public NativeBuffer? Content { get; set; }

    /// <summary>Counts the memory of converted values; null if it is not counted.</summary>
    public BufferBudget? Budget { get; set; }

    /// <summary>The form in which the content was sent.</summary>
    public ContentSource Source { get; set; }

    /// <summary>Makes the content a view into the bytes of the request.</summary>
    /// <param name="payload">The bytes of the request; they outlive the input.</param>
    /// <param name="part">The part of the payload.</param>
    public void TakeView(NativeBuffer payload, ReadOnlySpan<byte> part)
    {
        Source = ContentSource.Raw;
        Content = _view = payload.View(part, _view);
    }

    /// <summary>Sets the shape. Reuses the array of the previous call if the shape is the same, which is usual.</summary>
    public void TakeShape(ReadOnlySpan<long> shape) => Shape = shape.SequenceEqual(_lastShape) ? _lastShape : _lastShape = shape.ToArray();

    /// <summary>Number of values that were sent, for <see cref="ContentSource.Values"/>.</summary>
    public long ValueCount { get; set; }

    /// <summary>
    /// Replaces BYTES with the converted elements, as if the caller had sent those. The previous content must be disposed already.
    /// </summary>
    /// <param name="elements">The elements; owned by the input from here on.</param>
    /// <param name="info">The model's input.</param>
    /// <param name="shape">The shape of the elements.</param>
    public void TakeElements(NativeBuffer elements, TensorInfo info, long[] shape)
    {
        Content = elements;
        Source = ContentSource.Raw;
        Datatype = info.Marshaler.Datatype;
        Shape = shape;
    }

    /// <summary>Where the content lies in shared memory, if the caller sent none; null elsewhere.</summary>
    public SharedPlace? Shared { get; set; }

    /// <summary>
    /// Whether typed contents were sent in a message that also has raw contents (KServe gRPC). The validator rejects it.
    /// </summary>
    public bool HasTypedBesideRaw { get; set; }

    /// <summary>Resets a disposed input for reuse.</summary>
    internal void Clear()
    {
        Name = "";
        Datatype = "";
        Shape = [];
        Budget = null;
        Source = ContentSource.None;
        ValueCount = 0;
        Shared = null;
        HasTypedBesideRaw = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content?.Dispose();
        Content = null;
    }
}
