using Ovms.Native;

namespace Ovms.Generation.Models;

/// <summary>
/// The inputs of a stateful model. All requests share them, since the sequences compute one after the other. Not every model has each of
/// them.
/// </summary>
internal sealed class StatefulInputs : IDisposable
{
    private static readonly string[] s_known =
        ["input_ids", "attention_mask", "position_ids", "beam_idx", "cache_position", "token_type_ids", RowGather.InputName];

    private readonly Dictionary<string, int> _index;
    private readonly int _positionRows;
    private readonly int _firstPositions;
    private readonly StepTensor<long> _ids = StepTensor<long>.Create(ElementType.I64, 1);
    private readonly StepTensor<long> _mask = StepTensor<long>.Create(ElementType.I64, 1);
    private readonly StepTensor<long> _positions;
    private readonly StepTensor<int> _beams = StepTensor<int>.Create(ElementType.I32);
    private readonly StepTensor<long> _cachePositions = StepTensor<long>.Create(ElementType.I64);
    private readonly StepTensor<long> _tokenTypes = StepTensor<long>.Create(ElementType.I64, 1);
    private readonly StepTensor<long> _sampled = StepTensor<long>.Create(ElementType.I64);

    private StatefulInputs(Dictionary<string, int> index, int positionRank, int positionRows, int firstPositions)
    {
        _index = index;
        _positionRows = positionRows;
        _firstPositions = firstPositions;
        _positions = positionRank switch
        {
            1 => StepTensor<long>.Create(ElementType.I64),
            2 => StepTensor<long>.Create(ElementType.I64, 1),
            _ => StepTensor<long>.Create(ElementType.I64, positionRows, 1),
        };
    }

    /// <summary>Whether the head takes the wanted rows alone.</summary>
    public bool Gathers => _index.ContainsKey(RowGather.InputName);

    /// <summary>
    /// Whether the model, after the first inference, takes one token at a time: one whose convolution is told its place
    /// (<c>cache_position</c>).
    /// </summary>
    public bool IsTokenByToken => _index.ContainsKey("cache_position");

    /// <summary>Finds the inputs of a compiled model.</summary>
    /// <param name="compiled">The model.</param>
    /// <param name="states">Its variables.</param>
    /// <param name="problem">An input that is missing, unknown or of another form; null on success.</param>
    public static StatefulInputs? Find(CompiledModel compiled, IReadOnlyList<IrState> states, out string? problem)
    {
        Dictionary<string, int> index = [];
        foreach (string name in s_known)
        {
            // One port may have several of the names.
            if (compiled.IndexOfInput(name) is >= 0 and int found && !index.ContainsValue(found))
                index[name] = found;
        }

        problem = index.ContainsKey("input_ids") ? null : "the model has no input input_ids";
        int positionRank = 2;
        int positionRows = 1;
        foreach (PortInfo port in compiled.Inputs.Where(_ => index.Count > 0))
        {
            string? name = index.FirstOrDefault(pair => pair.Value == port.Index).Key;
            ElementType wanted = name == "beam_idx" ? ElementType.I32 : ElementType.I64;
            if (name is null)
                problem ??= $"the model has the input {port.Name ?? "without a name"}, which is not known here";
            else if (port.ElementType != wanted)
                problem ??= $"the model's input {name} is of the type {port.ElementType}; {wanted} is expected";
            if (name == "position_ids")
            {
                positionRank = port.Shape.Rank;
                positionRows = positionRank == 3 && port.Shape[0].IsStatic ? (int)port.Shape[0].Min : positionRank == 3 ? 3 : 1;
            }
        }

        return problem is null ? new StatefulInputs(index, positionRank, positionRows, KernelOf(states)) : null;
    }

    /// <summary>Makes them the inputs of a request.</summary>
    public void BindTo(InferRequest request)
    {
        Bind(_ids, "input_ids");
        Bind(_mask, "attention_mask");
        Bind(_positions, "position_ids");
        Bind(_beams, "beam_idx");
        Bind(_cachePositions, "cache_position");
        Bind(_tokenTypes, "token_type_ids");
        Bind(_sampled, RowGather.InputName);

        void Bind<T>(StepTensor<T> tensor, string name)
            where T : unmanaged
        {
            if (_index.TryGetValue(name, out int input))
                tensor.BindTo(request, input);
        }
    }

    /// <summary>Sets them for the tokens of one sequence.</summary>
    /// <param name="all">All tokens up to the last one that is computed.</param>
    /// <param name="from">The first one that is computed; those before it are in the state.</param>
    /// <param name="sampleFrom">The first one whose logits are wanted.</param>
    public void Fill(ReadOnlySpan<int> all, int from, int sampleFrom)
    {
        int count = all.Length - from;
        Span<long> ids = _ids.Resize(count);
        Span<long> positions = _positions.Resize(count);
        for (int i = 0; i < count; i++)
        {
            ids[i] = all[from + i];
            positions[i] = from + i;
        }

        for (int row = 1; row < _positionRows; row++)
            positions[..count].CopyTo(positions[(row * count)..]);
        _beams.Resize(1)[0] = 0;
        _tokenTypes.Resize(count).Clear();
        if (Gathers)
        {
            Span<long> sampled = _sampled.Resize(all.Length - sampleFrom);
            for (int i = 0; i < sampled.Length; i++)
                sampled[i] = sampleFrom - from + i;
        }

        if (!IsTokenByToken)
        {
            _mask.Resize(all.Length).Fill(1);
            return;
        }

        // The prompt's places are those of its last tokens in the convolution; later the one place of the token, whose mask is one long.
        _mask.Resize(from == 0 ? count : 1).Fill(1);
        Span<long> places = _cachePositions.Resize(from == 0 ? _firstPositions : 1);
        for (int i = 0; i < places.Length; i++)
            places[i] = from + i;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ids.Dispose();
        _mask.Dispose();
        _positions.Dispose();
        _beams.Dispose();
        _cachePositions.Dispose();
        _tokenTypes.Dispose();
        _sampled.Dispose();
    }

    // Width of the convolution, whose state is [sequences, channels, width]. A state of a recurrence may have as many dimensions and is
    // wider.
    private static int KernelOf(IReadOnlyList<IrState> states)
    {
        IrState[] flat = [.. states.Where(static state => state.Dimensions is [_, > 0, > 0])];
        IrState[] named = [.. flat.Where(static state => state.Id.Contains("conv", StringComparison.Ordinal))];
        return (int)(named.Length > 0 ? named : flat).Select(static state => state.Dimensions[2]).DefaultIfEmpty(1).Min();
    }
}
