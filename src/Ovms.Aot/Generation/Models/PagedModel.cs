using System.Diagnostics;
using Ovms.Generation.Steps;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>A language model over paged attention: one inference computes a step of all sequences.</summary>
internal sealed unsafe class PagedModel : IStepRunner
{
    private readonly CompiledModel _compiled;
    private readonly PagedInputs _inputs;
    private readonly KvPool _pool;
    private readonly int _output;
    private readonly bool _hasRows;
    private readonly List<int> _wanted = [];
    private InferRequest _request;
    private Tensor? _logits;

    private PagedModel(
        CompiledModel compiled, PagedInputs inputs, KvPool pool, InferRequest request, LogitsOutput logits, StepCapacity capacity)
    {
        _compiled = compiled;
        _inputs = inputs;
        _pool = pool;
        _request = request;
        _output = logits.Index;
        _hasRows = capacity.StateRows > 0;
        Capacity = capacity;
    }

    /// <inheritdoc/>
    public StepCapacity Capacity { get; }

    /// <inheritdoc cref="LoadedLanguageModel.Streams"/>
    public string? Streams => _compiled.TryGetProperty("NUM_STREAMS", out string? streams) ? streams : null;

    /// <summary>Gives a compiled model its memory and its request.</summary>
    /// <param name="compiled">The model; disposed with the result, or here if there is none.</param>
    /// <param name="inputs">Its inputs; disposed likewise.</param>
    /// <param name="plan">Its caches and tables.</param>
    /// <param name="logits">Its output.</param>
    /// <param name="settings">How much memory and how many sequences.</param>
    /// <returns>The model and what its cache holds; or that the memory does not suffice.</returns>
    public static Outcome<(PagedModel Model, KvFacts Facts)> Create(
        CompiledModel compiled, PagedInputs inputs, KvPlan plan, LogitsOutput logits, LanguageModelSettings settings)
    {
        KvPool? pool = null;
        InferRequest? request = null;
        try
        {
            int rows = plan.RowsIn(settings.CacheBytes, settings.MaxSequences, settings.MaxTokens, settings.KeepsStates);
            Outcome<int> blocks = plan.BlocksIn(settings.CacheBytes, rows, settings.MaxTokens);
            if (!blocks.IsOk)
            {
                Free();
                return blocks.WithoutValue;
            }

            pool = KvPool.Reserve(plan, blocks.Value, rows);
            request = compiled.CreateInferRequest();
            StepCapacity capacity = new(plan.BlockTokens, blocks.Value, rows, settings.MaxSequences, logits.Vocabulary);
            PagedModel model = new(compiled, inputs, pool, request, logits, capacity);
            model.Bind();
            return (model, new KvFacts(plan.Precision, plan.BlockTokens, blocks.Value, plan.BlockBytes, plan.RowBytes, rows));
        }
        catch (Exception e) when (e is OpenVinoException or OutOfMemoryException or OverflowException)
        {
            Free();
            return Outcome.Fail(StatusCode.ModelNotLoaded, $"the KV cache: {(e as OpenVinoException)?.Said ?? e.Message}");
        }

        void Free()
        {
            request?.Dispose();
            inputs.Dispose();
            pool?.Dispose();
            compiled.Dispose();
        }
    }

    /// <inheritdoc/>
    public Outcome Run(ReadOnlySpan<StepEntry> entries)
    {
        Debug.Assert(entries.Length > 0, "A step computes at least one sequence.");
        try
        {
            if (_hasRows)
            {
                foreach (ref readonly StepEntry entry in entries)
                {
                    Debug.Assert(Math.Min(entry.StateRow, entry.NextStateRow) >= 0, "Each sequence has rows.");
                    Debug.Assert(entry.StateRow != entry.NextStateRow, "One row is read and the other written.");
                    if (entry.From == 0)
                        _pool.ClearRow(entry.StateRow);
                }
            }

            _inputs.Fill(entries, Capacity.BlockTokens, _wanted);
            OvStatus status = _request.TryInfer();
            if (status != OvStatus.Ok)
                return Failed(OpenVinoException.FromLastError(status, "ov_infer_request_infer").Said);
            _logits?.Dispose();
            _logits = null;
            if (_wanted.Count == 0)
                return Outcome.Ok;
            _logits = _request.GetOutput(_output);
            int computed = _inputs.Gathers ? _wanted.Count : TokensOf(entries);
            return _logits.ByteSize == (nuint)computed * (nuint)Capacity.Vocabulary * sizeof(float)
                ? Outcome.Ok
                : Failed($"the model gave {_logits.ByteSize} bytes of logits for {computed} tokens");
        }
        catch (OpenVinoException e)
        {
            return Failed(e.Said);
        }
    }

    /// <inheritdoc/>
    public Span<float> Logits(int row)
    {
        int at = _inputs.Gathers ? row : _wanted[row];
        return new Span<float>((float*)_logits!.Data + ((long)at * Capacity.Vocabulary), Capacity.Vocabulary);
    }

    /// <summary>Nothing: blocks and rows are the caller's, and their old content is never read.</summary>
    public void Forget(int slot)
    {
    }

    /// <inheritdoc/>
    public Outcome Restart()
    {
        try
        {
            InferRequest request = _compiled.CreateInferRequest();
            _logits?.Dispose();
            _logits = null;
            _request.Dispose();
            _request = request;
            Bind();
            return Outcome.Ok;
        }
        catch (OpenVinoException e)
        {
            return Failed(e.Said);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _logits?.Dispose();
        // The request uses the memory of inputs and pool until it is gone.
        _request.Dispose();
        _inputs.Dispose();
        _compiled.Dispose();
        _pool.Dispose();
    }

    private static Outcome Failed(string said) => Outcome.Fail(StatusCode.InternalInferenceError, said);

    private static int TokensOf(ReadOnlySpan<StepEntry> entries)
    {
        int tokens = 0;
        foreach (ref readonly StepEntry entry in entries)
            tokens += entry.Count;
        return tokens;
    }

    private void Bind()
    {
        _inputs.BindTo(_request);
        _pool.BindTo(_request);
    }
}
