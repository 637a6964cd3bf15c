namespace Ovms.Generation.Models;

/// <summary>What of a language model's IR the text edits and the lanes need. Nested graphs are left out.</summary>
internal sealed class IrOutline
{
    /// <summary>Top-level layers by id.</summary>
    public Dictionary<int, IrLayer> Layers { get; } = [];

    /// <summary>Where the input of a layer comes from: (layer, port) → layer.</summary>
    public Dictionary<(int Layer, int Port), int> Sources { get; } = [];

    /// <summary>The variables that keep state between inferences.</summary>
    public List<IrState> States { get; } = [];

    /// <summary>Small integer constants, whose bytes lie in the weights.</summary>
    public List<IrConstant> Constants { get; } = [];

    /// <summary>The layer whose output has the name <c>logits</c>; -1 if none has.</summary>
    public int LogitsLayer { get; set; } = -1;

    /// <summary>The greatest id of a layer.</summary>
    public int LastId { get; set; } = -1;
}

/// <summary>A layer.</summary>
/// <param name="Type">Its operation; empty for those that the head of a model is not made of, which are most.</param>
/// <param name="Inputs">Its inputs in order.</param>
internal sealed record IrLayer(string Type, IReadOnlyList<IrPort> Inputs);

/// <summary>An input of a layer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Precision">Its precision as written, e.g. <c>FP32</c>.</param>
/// <param name="Dimensions">Its dimensions; -1 for an open one.</param>
internal sealed record IrPort(int Id, string Precision, IReadOnlyList<long> Dimensions);

/// <summary>A variable.</summary>
/// <param name="Id">Its id, e.g. <c>cache_params.past.conv.0cache_params.present.conv.0</c>.</param>
/// <param name="Dimensions">Its shape; -1 for an open dimension.</param>
internal sealed record IrState(string Id, IReadOnlyList<long> Dimensions);

/// <summary>An integer constant in the file of the weights.</summary>
/// <param name="Bytes">Bytes of one number: 4 or 8.</param>
/// <param name="Offset">Offset of the first number.</param>
/// <param name="Count">How many numbers there are.</param>
internal readonly record struct IrConstant(int Bytes, long Offset, int Count);
