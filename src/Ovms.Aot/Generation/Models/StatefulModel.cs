using System.Diagnostics;
using Ovms.Generation.Steps;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>
/// A language model whose state is kept by the engine: one infer request a sequence, and the sequences of a step compute one after the
/// other. For devices and models without paged attention.
/// </summary>
internal sealed unsafe class StatefulModel : IStepRunner
{
    /// <summary>Up to so many times the tokens of a step, all of a sequence is computed anew rather than those tokens one by one.</summary>
    private const int WholeRatio = 8;

    private readonly CompiledModel _compiled;
    private readonly StatefulInputs _inputs;
    private readonly int _output;
    private readonly StatefulSequence?[] _sequences;
    private readonly List<(StatefulSequence Sequence, int Row)> _rows = [];

    private StatefulModel(CompiledModel compiled, StatefulInputs inputs, LogitsOutput logits, int sequences)
    {
        _compiled = compiled;
        _inputs = inputs;
        _output = logits.Index;
        // Two at least, for the comparison of forms.
        _sequences = new StatefulSequence?[Math.Max(sequences, 2)];
        Capacity = new StepCapacity(0, 0, 0, sequences, logits.Vocabulary);
        IsWhole = inputs.IsTokenByToken;
    }

    /// <inheritdoc/>
    public StepCapacity Capacity { get; }

    /// <inheritdoc cref="LoadedLanguageModel.Streams"/>
    public string? Streams => _compiled.TryGetProperty("NUM_STREAMS", out string? streams) ? streams : null;

    /// <summary>
    /// Whether several tokens can only be computed from the start of a sequence. Later ones are then computed one by one, or with all
    /// before them.
    /// </summary>
    public bool IsWhole { get; set; }

    /// <summary>Takes a compiled model.</summary>
    /// <param name="compiled">The model; disposed with the result, or here if there is none.</param>
    /// <param name="states">Its variables.</param>
    /// <param name="sequences">Sequences that may live at once.</param>
    /// <returns>The model; or what in its inputs or outputs is not known.</returns>
    public static Outcome<StatefulModel> Create(CompiledModel compiled, IReadOnlyList<IrState> states, int sequences)
    {
        LogitsOutput? logits = LogitsOutput.Find(compiled.Outputs, out string? problem);
        StatefulInputs? inputs = logits is null ? null : StatefulInputs.Find(compiled, states, out problem);
        if (logits is { } output && inputs is not null)
            return new StatefulModel(compiled, inputs, output, sequences);
        compiled.Dispose();
        return Outcome.Fail(StatusCode.ModelNotLoaded, problem);
    }

    /// <inheritdoc/>
    public Outcome Run(ReadOnlySpan<StepEntry> entries)
    {
        Debug.Assert(entries.Length > 0, "A step computes at least one sequence.");
        _rows.Clear();
        foreach (ref readonly StepEntry entry in entries)
        {
            Outcome computed = Run(entry);
            if (!computed.IsOk)
                return computed;
        }

        return Outcome.Ok;
    }

    /// <inheritdoc/>
    public Span<float> Logits(int row)
    {
        (StatefulSequence sequence, int at) = _rows[row];
        return new Span<float>((float*)sequence.Logits!.Data + ((long)at * Capacity.Vocabulary), Capacity.Vocabulary);
    }

    /// <summary>Frees the state of a sequence.</summary>
    public void Forget(int slot)
    {
        _sequences[slot]?.Dispose();
        _sequences[slot] = null;
    }

    /// <summary>Forgets all sequences; each gets a new request in its next step.</summary>
    public Outcome Restart()
    {
        for (int slot = 0; slot < _sequences.Length; slot++)
            Forget(slot);
        return Outcome.Ok;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Restart();
        _inputs.Dispose();
        _compiled.Dispose();
    }

    private Outcome Run(in StepEntry entry)
    {
        ReadOnlySpan<int> all = entry.Ids.Span;
        StatefulSequence? sequence = _sequences[entry.Slot];
        if (sequence is null || !sequence.HasDone(entry))
        {
            int from = sequence?.Computed == entry.From ? entry.From : 0;
            if (IsWhole && from > 0 && entry.Count > 1 && (entry.SampledRows > 1 || all.Length <= WholeRatio * entry.Count))
                from = 0;
            try
            {
                if (from == 0)
                {
                    Forget(entry.Slot);
                    InferRequest request = _compiled.CreateInferRequest();
                    _sequences[entry.Slot] = sequence = new StatefulSequence(request);
                    _inputs.BindTo(request);
                }

                for (int next = from; next < all.Length;)
                {
                    int end = IsWhole && from > 0 ? next + 1 : all.Length;
                    Outcome computed = Compute(sequence!, all[..end], next, Math.Max(Math.Min(entry.SampleFrom, end), next));
                    if (!computed.IsOk)
                        return computed;
                    next = end;
                }

                sequence!.Finish(entry);
            }
            catch (OpenVinoException e)
            {
                Forget(entry.Slot);
                return Outcome.Fail(StatusCode.InternalInferenceError, e.Said);
            }
        }

        for (int row = 0; row < entry.SampledRows; row++)
            _rows.Add((sequence!, sequence!.FirstRow + row));
        return Outcome.Ok;
    }

    // Leaves the logits of the wanted tokens in the sequence.
    private Outcome Compute(StatefulSequence sequence, ReadOnlySpan<int> all, int from, int sampleFrom)
    {
        // In doubt the state is that of neither before nor after the step.
        sequence.Computed = -1;
        _inputs.Fill(all, from, sampleFrom);
        OvStatus status = sequence.Request.TryInfer();
        if (status != OvStatus.Ok)
            return Outcome.Fail(StatusCode.InternalInferenceError, OpenVinoException.FromLastError(status, "ov_infer_request_infer").Said);
        int computed = _inputs.Gathers ? all.Length - sampleFrom : all.Length - from;
        sequence.Take(sequence.Request.GetOutput(_output), _inputs.Gathers ? 0 : sampleFrom - from);
        return sequence.Logits!.ByteSize == (nuint)computed * (nuint)Capacity.Vocabulary * sizeof(float)
            ? Outcome.Ok
            : Outcome.Fail(
                StatusCode.InternalInferenceError, $"the model gave {sequence.Logits.ByteSize} bytes of logits for {computed} tokens");
    }
}
