namespace Ovms.Generation.Models;

/// <summary>
/// The end of a language model: the matrix product that turns a hidden state into logits. What follows it must treat each row alone.
/// </summary>
/// <param name="Layer">The matrix product.</param>
/// <param name="Hidden">Its input of shape [sequences, tokens, hidden size].</param>
internal sealed record LogitsHead(int Layer, IrPort Hidden)
{
    // The soft cap of Gemma 2 is Divide, Tanh, Multiply; others scale or add a bias.
    private const int LongestTail = 8;

    /// <summary>Finds the head; null if the model ends in another way. Pure.</summary>
    public static LogitsHead? Find(IrOutline outline)
    {
        int layer = outline.LogitsLayer;
        if (layer < 0)
        {
            int[] results = [.. outline.Layers.Where(static pair => pair.Value.Type == "Result").Select(static pair => pair.Key)];
            if (results.Length != 1 || !outline.Sources.TryGetValue((results[0], 0), out layer))
                return null;
        }

        for (int step = 0; step < LongestTail; step++)
        {
            if (!outline.Layers.TryGetValue(layer, out IrLayer? found))
                return null;
            switch (found.Type)
            {
                case "MatMul":
                    return found.Inputs is [{ } hidden, ..] && HoldsRows(hidden) ? new LogitsHead(layer, hidden) : null;
                case "Result" or "Tanh" or "Convert" or "Add" or "Subtract" or "Multiply" or "Divide":
                    IrPort[] rows = [.. found.Inputs.Where(HoldsRows)];
                    if (rows.Length != 1 || !outline.Sources.TryGetValue((layer, rows[0].Id), out layer))
                        return null;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    // [sequences, tokens, width], both open.
    private static bool HoldsRows(IrPort port) => port.Dimensions is [-1, -1, > 0];
}
