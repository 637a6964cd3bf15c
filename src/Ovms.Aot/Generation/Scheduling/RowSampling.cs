using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Ovms.Generation.Steps;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// Chooses the tokens of a step's rows. If there is much to do, threads of the pool help: those of the model have nothing to do meanwhile.
/// A helper that comes late finds nothing left, or helps with the next step.
/// </summary>
/// <param name="runner">Has the rows.</param>
internal sealed class RowSampling(IStepRunner runner) : IThreadPoolWorkItem
{
    // Below it, waking a helper takes longer than it saves.
    private const long LeastLogits = 200_000;
    private const int MostRows = ushort.MaxValue;

    private readonly List<SampledRow> _rows = [];
    private readonly int _helpers = Math.Min(Environment.ProcessorCount, 8) - 1;

    // Number of the step, number of its rows (16 bits), rows that were taken (16 bits). One word, so that a late helper cannot mix steps.
    private long _tickets;
    private int _done;
    private ExceptionDispatchInfo? _fault;

    /// <summary>The rows, with their tokens after <see cref="Run"/>.</summary>
    public ReadOnlySpan<SampledRow> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Removes all rows.</summary>
    public void Clear() => _rows.Clear();

    /// <summary>Adds a row.</summary>
    public void Add(Sequence sequence, int row) => _rows.Add(new SampledRow(sequence, row, default));

    /// <summary>Chooses.</summary>
    public void Run()
    {
        int count = _rows.Count;
        int helpers = Math.Min(_helpers, count - 1);
        if (helpers < 1 || count > MostRows || count * (long)runner.Capacity.Vocabulary < LeastLogits)
        {
            for (int i = 0; i < count; i++)
            {
                Choose(i);
            }

            return;
        }

        _done = 0;
        Volatile.Write(ref _tickets, (((_tickets >> 32) + 1) << 32) | ((long)count << 16));
        for (int i = 0; i < helpers; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        ((IThreadPoolWorkItem)this).Execute();
        SpinWait wait = default;
        while (Volatile.Read(ref _done) < count)
        {
            wait.SpinOnce();
        }

        Interlocked.Exchange(ref _fault, null)?.Throw();
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (long ticket = Interlocked.Increment(ref _tickets) - 1;
            (ticket & 0xFFFF) < ((ticket >> 16) & 0xFFFF);
            ticket = Interlocked.Increment(ref _tickets) - 1)
        {
            try
            {
                Choose((int)(ticket & 0xFFFF));
            }
            catch (Exception fault)
            {
                // It belongs to the engine's thread; here it would end the process.
                _fault = ExceptionDispatchInfo.Capture(fault);
            }

            Interlocked.Increment(ref _done);
        }
    }

    // A sequence that others will copy keeps its row: all of them choose from it.
    private void Choose(int index)
    {
        ref SampledRow item = ref CollectionsMarshal.AsSpan(_rows)[index];
        if (!item.Sequence.WillFork)
        {
            item = item with { Choice = item.Sequence.Sampler.Next(runner.Logits(item.Row)) };
        }
    }
}
