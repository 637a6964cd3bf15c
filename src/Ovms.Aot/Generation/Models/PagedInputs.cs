using Ovms.Generation.Steps;
using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>
/// The inputs of a paged model that each step sets. Tokens of all sequences lie one after the other; block tables and rows likewise. Bound
/// once, by index: the pass mixes new inputs between the old ones.
/// </summary>
internal sealed class PagedInputs : IDisposable
{
    // Beyond any length: only the state at the end of the step is written. Some models write none at all if the interval is 0.
    private const int NoInterval = 1 << 30;

    private static readonly string[] s_needed =
        ["input_ids", "past_lens", "subsequence_begins", "block_indices", "block_indices_begins", "max_context_len"];

    private static readonly string[] s_possible =
    [
        "position_ids", "token_type_ids", RowGather.InputName, "la.block_indices", "la.block_indices_begins", "la.past_lens",
        "la.cache_interval",
    ];

    private readonly Dictionary<string, int> _index;
    private readonly StepTensor<long> _ids = StepTensor<long>.Create(ElementType.I64);
    private readonly StepTensor<long> _positions;
    private readonly int _positionRows;
    private readonly StepTensor<int> _pastLengths = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<int> _begins = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<int> _blocks = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<int> _blockBegins = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<int> _longest = StepTensor<int>.Scalar(ElementType.I32);
    private readonly StepTensor<long> _sampled = StepTensor<long>.Create(ElementType.I64);
    private readonly StepTensor<long> _tokenTypes = StepTensor<long>.Create(ElementType.I64);
    private readonly StepTensor<int> _rows = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<int> _rowBegins = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<int> _rowPast = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<int> _interval = StepTensor<int>.Create(ElementType.I32);

    private PagedInputs(Dictionary<string, int> index, int positionRows)
    {
        _index = index;
        _positionRows = positionRows;
        _positions = positionRows == 1
            ? StepTensor<long>.Create(ElementType.I64)
            : StepTensor<long>.Create(ElementType.I64, positionRows, 1);
    }

    /// <summary>Whether the head takes the wanted rows alone.</summary>
    public bool Gathers => _index.ContainsKey(RowGather.InputName);

    /// <summary>Finds the inputs of a compiled model.</summary>
    /// <param name="compiled">The model.</param>
    /// <param name="problem">An input that is missing, unknown or of another form; null on success.</param>
    public static PagedInputs? Find(CompiledModel compiled, out string? problem)
    {
        Dictionary<string, int> index = [];
        foreach (string name in s_needed.Concat(s_possible))
        {
            if (compiled.IndexOfInput(name) is >= 0 and int found)
                index[name] = found;
        }

        string? missing = s_needed.FirstOrDefault(name => !index.ContainsKey(name));
        problem = missing is null ? null : $"the paged model has no input {missing}";
        foreach (PortInfo port in compiled.Inputs.Where(static port => !KvPlan.IsMemory(port)))
        {
            string? name = index.FirstOrDefault(pair => pair.Value == port.Index).Key;
            problem ??= name is null ? $"the paged model has the input {port.Name ?? "without a name"}, which is not known here"
                : port.ElementType is not (ElementType.I32 or ElementType.I64) || (port.ElementType == ElementType.I64) != TakesLongs(name)
                    ? $"the paged model's input {name} is of the type {port.ElementType}"
                : null;
        }

        int positionRows = 1;
        if (index.TryGetValue("position_ids", out int positions) && compiled.Inputs[positions].Shape is { Rank: > 1 } shape)
        {
            // Positions in several dimensions; for text they are all alike.
            positionRows = shape.Rank == 3 && shape[0].IsStatic ? (int)shape[0].Min : 3;
            problem ??= shape.Rank == 3 ? null : $"the paged model's input position_ids has the shape {shape}";
        }

        return problem is null ? new PagedInputs(index, positionRows) : null;
    }

    /// <summary>Makes them the inputs of a request.</summary>
    public void BindTo(InferRequest request)
    {
        Bind(_ids, "input_ids");
        Bind(_positions, "position_ids");
        Bind(_pastLengths, "past_lens");
        Bind(_begins, "subsequence_begins");
        Bind(_blocks, "block_indices");
        Bind(_blockBegins, "block_indices_begins");
        Bind(_longest, "max_context_len");
        Bind(_sampled, RowGather.InputName);
        Bind(_tokenTypes, "token_type_ids");
        Bind(_rows, "la.block_indices");
        Bind(_rowBegins, "la.block_indices_begins");
        Bind(_rowPast, "la.past_lens");
        Bind(_interval, "la.cache_interval");

        void Bind<T>(StepTensor<T> tensor, string name)
            where T : unmanaged
        {
            if (_index.TryGetValue(name, out int input))
                tensor.BindTo(request, input);
        }
    }

    /// <summary>Sets them for a step.</summary>
    /// <param name="entries">The sequences.</param>
    /// <param name="blockTokens">Tokens a block holds.</param>
    /// <param name="wanted">Receives the indices of the tokens whose logits are wanted.</param>
    public void Fill(ReadOnlySpan<StepEntry> entries, int blockTokens, List<int> wanted)
    {
        int tokens = 0;
        int blocks = 0;
        int longest = 0;
        foreach (ref readonly StepEntry entry in entries)
        {
            tokens += entry.Count;
            blocks += BlocksOf(entry, blockTokens);
            longest = Math.Max(longest, entry.Ids.Length);
        }

        Span<long> ids = _ids.Resize(tokens);
        Span<long> positions = _positions.Resize(tokens);
        Span<int> past = _pastLengths.Resize(entries.Length);
        Span<int> begins = _begins.Resize(entries.Length + 1);
        Span<int> table = _blocks.Resize(blocks);
        Span<int> blockBegins = _blockBegins.Resize(entries.Length + 1);
        _longest.Resize(1)[0] = longest;
        begins[0] = blockBegins[0] = 0;
        wanted.Clear();
        int token = 0;
        int block = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly StepEntry entry = ref entries[i];
            ReadOnlySpan<int> all = entry.Ids.Span;
            past[i] = entry.From;
            int used = BlocksOf(entry, blockTokens);
            entry.Blocks.Span[..used].CopyTo(table[block..]);
            block += used;
            for (int position = entry.From; position < all.Length; position++, token++)
            {
                ids[token] = all[position];
                positions[token] = position;
                if (position >= entry.SampleFrom)
                    wanted.Add(token);
            }

            begins[i + 1] = token;
            blockBegins[i + 1] = block;
        }

        for (int row = 1; row < _positionRows; row++)
            positions[..tokens].CopyTo(positions[(row * tokens)..]);
        if (Gathers)
        {
            Span<long> sampled = _sampled.Resize(wanted.Count);
            for (int i = 0; i < sampled.Length; i++)
                sampled[i] = wanted[i];
        }

        if (_index.ContainsKey("token_type_ids"))
            _tokenTypes.Resize(tokens).Clear();
        if (_index.ContainsKey("la.block_indices"))
            FillRows(entries);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ids.Dispose();
        _positions.Dispose();
        _pastLengths.Dispose();
        _begins.Dispose();
        _blocks.Dispose();
        _blockBegins.Dispose();
        _longest.Dispose();
        _sampled.Dispose();
        _tokenTypes.Dispose();
        _rows.Dispose();
        _rowBegins.Dispose();
        _rowPast.Dispose();
        _interval.Dispose();
    }

    private static bool TakesLongs(string name) => name is "input_ids" or "position_ids" or "token_type_ids" or RowGather.InputName;

    private static int BlocksOf(in StepEntry entry, int blockTokens) => (entry.Ids.Length + blockTokens - 1) / blockTokens;

    // A sequence's first row is read. Then come those that are written: one after each interval, counted from the sequence's first token,
    // and one at the end of the step. None may be written twice.
    private void FillRows(ReadOnlySpan<StepEntry> entries)
    {
        Span<int> begins = _rowBegins.Resize(entries.Length + 1);
        Span<int> past = _rowPast.Resize(entries.Length);
        Span<int> intervals = _interval.Resize(entries.Length);
        begins[0] = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            past[i] = entries[i].From;
            intervals[i] = entries[i].KeptEvery > 0 ? entries[i].KeptEvery : NoInterval;
            begins[i + 1] = begins[i] + 2 + entries[i].KeptRows.Length;
        }

        Span<int> rows = _rows.Resize(begins[^1]);
        for (int i = 0; i < entries.Length; i++)
        {
            rows[begins[i]] = entries[i].StateRow;
            entries[i].KeptRows.Span.CopyTo(rows[(begins[i] + 1)..]);
            rows[begins[i + 1] - 1] = entries[i].NextStateRow;
        }
    }
}
