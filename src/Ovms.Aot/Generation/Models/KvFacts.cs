namespace Ovms.Generation.Models;

/// <summary>The KV cache of a paged model, for the line in the log at load.</summary>
/// <param name="Precision">Type of its elements, e.g. <c>U8</c>; of keys and values, if they differ: <c>U8/U4</c>.</param>
/// <param name="BlockTokens">Tokens a block holds.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="BlockBytes">Bytes of one block in the tensors of all layers.</param>
/// <param name="StateRowBytes">Bytes of one row in all state tables; 0 for models without.</param>
/// <param name="StateRows">Rows of the state tables.</param>
internal sealed record KvFacts(string Precision, int BlockTokens, int Blocks, long BlockBytes, long StateRowBytes, int StateRows)
{
    private const int MostApart = 8;

    /// <summary>Tokens that the cache holds.</summary>
    public long Tokens => (long)Blocks * BlockTokens;

    /// <summary>Bytes that are reserved in all; the system provides them when they are used.</summary>
    public long Bytes => (Blocks * BlockBytes) + (StateRows * StateRowBytes);

    /// <summary>
    /// At how many blocks from each other states are kept inside a prompt if the options do not say it: at each, or where a state is larger
    /// than a block, so far apart that states take no more than the blocks, but at least at every eighth block.
    /// </summary>
    public int StateInterval => (int)Math.Clamp((StateRowBytes + BlockBytes - 1) / BlockBytes, 1, MostApart);

    /// <summary>Bytes of the cache for one token.</summary>
    public double TokenBytes => (double)BlockBytes / BlockTokens;
}
