using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Ovms.Frontends.Connections;

/// <summary>
/// A reader for the framework that inspects bytes before the framework gets them. Nearly every connection waits in a read at any time;
/// this wait allocates no object.
/// </summary>
internal abstract class LookingReader : PassThroughReader, IValueTaskSource<ReadResult>
{
    private readonly Action _came;
    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _reading;

    /// <summary>Wraps the connection's input.</summary>
    protected LookingReader(PipeReader input)
        : base(input) => _came = Came;

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ValueTask<ReadResult> reading = Inner.ReadAsync(cancellationToken);
        if (reading.IsCompletedSuccessfully)
        {
            ReadResult result = Look(reading.Result);
            if (!MustWait)
            {
                return new ValueTask<ReadResult>(result);
            }

            _source.Reset();
            _ = FinishLaterAsync(result);
        }
        else
        {
            _source.Reset();
            _reading = reading.ConfigureAwait(false).GetAwaiter();
            _reading.UnsafeOnCompleted(_came);
        }

        return new ValueTask<ReadResult>(this, _source.Version);
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool came = Inner.TryRead(out result);
        result = came ? Look(result) : result;
        return came;
    }

    /// <inheritdoc/>
    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>Inspects what was read.</summary>
    /// <returns>What the framework gets.</returns>
    protected abstract ReadResult Look(ReadResult result);

    /// <summary>Whether the framework gets what was read only after other work is done.</summary>
    protected virtual bool MustWait => false;

    private void Came()
    {
        ReadResult result;
        try
        {
            result = Look(_reading.GetResult());
        }
        catch (Exception broken)
        {
            _source.SetException(broken);
            return;
        }

        if (MustWait)
        {
            _ = FinishLaterAsync(result);
        }
        else
        {
            _source.SetResult(result);
        }
    }

    private async Task FinishLaterAsync(ReadResult result)
    {
        do
        {
            await Task.Yield();
        }
        while (MustWait);

        _source.SetResult(result);
    }
}
