namespace Ovms.Serving.Requests;

/// <summary>One that waits for an item of a <see cref="WaitingLine{T}"/> and may share that of another.</summary>
internal abstract class LineGuest
{
    /// <summary>How much of an item it would take; at least 1.</summary>
    public abstract int Size { get; }
}
