using Ovms.Serving.Requests;
using Ovms.Tensors;

namespace Ovms.Serving.Batches;

/// <summary>
/// The inputs of a call that may be computed together with others, and its place among them. Its contents must live until its wait has
/// ended. Used again by later calls.
/// </summary>
internal sealed class BatchCall : LineGuest
{
    private int _rows;

    /// <inheritdoc/>
    public override int Size => _rows;

    /// <summary>Rows of every input.</summary>
    public int Rows => _rows;

    /// <summary>The contents, by input index.</summary>
    public NativeBuffer?[] Contents { get; private set; } = [];

    /// <summary>The inference that computed it together with others; null if none did.</summary>
    public BatchRun? Run { get; internal set; }

    /// <summary>Whether it had the infer request, so that the others are its guests.</summary>
    public bool IsHost => FirstRow == 0;

    /// <summary>Its first row in that inference.</summary>
    internal int FirstRow { get; set; }

    /// <summary>Starts a call.</summary>
    /// <param name="inputs">Number of the model's inputs.</param>
    public void Begin(int inputs)
    {
        _rows = 0;
        Run = null;
        if (Contents.Length != inputs)
        {
            Contents = new NativeBuffer?[inputs];
        }
    }

    /// <summary>Adds an input.</summary>
    /// <returns>False if the call cannot be computed together with others: its inputs have different numbers of rows, or none.</returns>
    public bool TryAdd(int index, long[] shape, NativeBuffer? content)
    {
        long rows = shape.Length == 0 ? 0 : shape[0];
        if (content is null || rows is < 1 or > int.MaxValue || (_rows != 0 && rows != _rows))
        {
            return false;
        }

        _rows = (int)rows;
        Contents[index] = content;
        return true;
    }

    /// <summary>Ends it: the contents are no longer used, and the outputs of the inference were read.</summary>
    public void End()
    {
        Array.Clear(Contents);
        BatchRun? run = Run;
        Run = null;
        run?.Leave();
    }
}
