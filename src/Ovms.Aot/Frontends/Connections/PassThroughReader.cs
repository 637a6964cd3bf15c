using System.IO.Pipelines;

namespace Ovms.Frontends.Connections;

/// <summary>The base of readers that stand before another one: they change what is read, and pass on everything else.</summary>
/// <param name="inner">The other reader.</param>
internal abstract class PassThroughReader(PipeReader inner) : PipeReader
{
    /// <summary>The other reader.</summary>
    protected PipeReader Inner => inner;

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
}
