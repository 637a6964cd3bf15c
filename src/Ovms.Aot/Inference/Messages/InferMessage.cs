using Ovms.Serving.Requests;
using Ovms.Serving.Signatures;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Inference.Messages;

/// <summary>
/// One inference request as a front end read it, whatever the wire: names, shapes and the tensors' bytes in unmanaged memory.
/// Nothing in it is checked against a model. Whoever holds it disposes it: the front end until <see cref="ModelCall"/> takes it, which does
/// so at its end. One that was rented is the next call's afterwards: nobody looks at it any more.
/// </summary>
/// <param name="home">Where it was rented; null for one that serves one call.</param>
internal sealed class InferMessage(Recycled<InferMessage>? home = null) : Recyclable, IDisposable
{
    // More inputs than most models have: what a rare call brings beyond them is not kept.
    private const int MostSpare = 8;

    private readonly Stack<InputTensor> _spare = [];

    /// <summary>Which API and transport it came through.</summary>
    public CallOrigin Origin { get; set; }

    /// <summary>When its last byte had come, by the stopwatch; 0 where nobody looked.</summary>
    public long Received { get; set; }

    /// <summary>Name of the servable where the message has it (gRPC); empty elsewhere.</summary>
    public string ModelName { get; set; } = "";

    /// <summary>Version as the caller wrote it; empty or "0" = the default version.</summary>
    public string ModelVersion { get; set; } = "";

    /// <summary>The caller's own mark, echoed in the answer; null when none came.</summary>
    public string? Id { get; set; }

    /// <summary>What the request's parameters say of a sequence; null when they say nothing. Only stateful models heed it.</summary>
    public SequenceParameters? SequenceParameters { get; set; }

    /// <summary>Which step of which sequence it is; found by <see cref="Sequences.SequenceInputs"/> for a stateful model.</summary>
    public SequenceStep Sequence { get; set; }

    /// <summary>Tensors in the order they came.</summary>
    public List<InputTensor> Inputs { get; } = [];

    /// <summary>Outputs asked for, in order; empty = all.</summary>
    public List<RequestedOutput> Outputs { get; } = [];

    /// <summary>Number of raw contents that came beside the inputs (KServe gRPC), or -1 where the wire has no such thing.</summary>
    public int RawContentCount { get; set; } = -1;

    /// <summary>The request as it came, where contents of inputs are views into it; given back with them. Null where each has its own.</summary>
    public NativeBuffer? Payload { get; private set; }

    /// <summary>What converted inputs hold beside their contents; given back with them.</summary>
    public ConversionShare? ConversionShare { get; set; }

    /// <summary>Reserves bytes of the front end's memory for the answer; null where nobody counts them.</summary>
    public Func<long, Outcome>? AnswerRoom { get; set; }

    /// <summary>Begins with a request as it came.</summary>
    /// <param name="origin">Where it came from.</param>
    /// <param name="payload">Owned by the message.</param>
    public void Begin(CallOrigin origin, NativeBuffer payload)
    {
        Origin = origin;
        Payload = payload;
    }

    /// <summary>An empty input, to be added to <see cref="Inputs"/> once it is read. What is made of its values counts where the request does.</summary>
    public InputTensor SpareInput()
    {
        InputTensor input = _spare.TryPop(out InputTensor? spare) ? spare : new InputTensor();
        input.Budget = Payload?.Budget;
        return input;
    }

    /// <summary>Ends the use of the caller, who is the only one to hold the message.</summary>
    public void Dispose() => Dispose(Stamp);

    /// <summary>Ends one use, for a holder that may be late: once the message is another call's, nothing happens.</summary>
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
        if (Inputs.Capacity > MostSpare || Outputs.Capacity > MostSpare)
        {
            Inputs.Capacity = 0;
            Outputs.Capacity = 0;
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

/// <summary>Where a tensor's bytes came from; decides how a wrong amount is worded.</summary>
internal enum ContentSource
{
    /// <summary>The caller sent none.</summary>
    None,

    /// <summary>Raw bytes: sizes are counted in bytes.</summary>
    Raw,

    /// <summary>Typed fields or JSON values, already converted to the raw form: sizes are counted in values.</summary>
    Values,
}

/// <summary>One input of an <see cref="InferMessage"/>.</summary>
internal sealed class InputTensor : IDisposable
{
    // Of an earlier call: nobody uses them any more. Shapes are never written to.
    private NativeBuffer? _view;
    private long[] _lastShape = [];

    /// <summary>Name of the input.</summary>
    public string Name { get; set; } = "";

    /// <summary>Datatype as the caller wrote it, for example FP32.</summary>
    public string Datatype { get; set; } = "";

    /// <summary>Shape as the caller wrote it: any number may stand there.</summary>
    public long[] Shape { get; set; } = [];

    /// <summary>Product of the dimensions; only meaningful once the validator has seen that they are whole and do not overflow.</summary>
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
    /// Little-endian elements of <see cref="Datatype"/>; for BYTES each element as a little-endian uint32 length and its bytes.
    /// Null when no content came.
    /// </summary>
    public NativeBuffer? Content { get; set; }

    /// <summary>Counts what is made of the caller's values; null where nobody does.</summary>
    public BufferBudget? Budget { get; set; }

    /// <summary>How the content came.</summary>
    public ContentSource Source { get; set; }

    /// <summary>The content is some of the request's bytes, where they lie.</summary>
    /// <param name="payload">The request as it came; outlives the input.</param>
    /// <param name="part">Lies in it.</param>
    public void TakeView(NativeBuffer payload, ReadOnlySpan<byte> part)
    {
        Source = ContentSource.Raw;
        Content = _view = payload.View(part, _view);
    }

    /// <summary>Sets the shape; one that this input had before is taken again where it is the same, as it is from call to call.</summary>
    public void TakeShape(ReadOnlySpan<long> shape) => Shape = shape.SequenceEqual(_lastShape) ? _lastShape : _lastShape = shape.ToArray();

    /// <summary>Number of values that came, for <see cref="ContentSource.Values"/>.</summary>
    public long ValueCount { get; set; }

    /// <summary>Replaces BYTES by what they were converted to, as if the caller had sent that. What was there must be disposed already.</summary>
    /// <param name="elements">Belongs to the input from here on.</param>
    /// <param name="info">What the model takes.</param>
    /// <param name="shape">Of the elements.</param>
    public void TakeElements(NativeBuffer elements, TensorInfo info, long[] shape)
    {
        Content = elements;
        Source = ContentSource.Raw;
        Datatype = info.Marshaler.Datatype;
        Shape = shape;
    }

    /// <summary>Typed contents came for an input of a message that also has raw contents (KServe gRPC): refused by the validator.</summary>
    public bool HasTypedBesideRaw { get; set; }

    /// <summary>Forgets everything. Disposed already.</summary>
    internal void Clear()
    {
        Name = "";
        Datatype = "";
        Shape = [];
        Budget = null;
        Source = ContentSource.None;
        ValueCount = 0;
        HasTypedBesideRaw = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content?.Dispose();
        Content = null;
    }
}

/// <summary>One output the caller asked for.</summary>
/// <param name="Name">Name of the output.</param>
/// <param name="BinaryData">REST: whether it is wanted as bytes after the JSON; null = as the request's default says.</param>
internal readonly record struct RequestedOutput(string Name, bool? BinaryData = null);
