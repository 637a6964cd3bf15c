namespace Ovms.Language.Vocabulary;

/// <summary>The bytes that each token id stands for. An id that is not in the vocabulary stands for none.</summary>
internal sealed class TokenBytes
{
    private readonly int[] _ends;
    private readonly byte[] _bytes;

    private TokenBytes(int[] ends, byte[] bytes)
    {
        _ends = ends;
        _bytes = bytes;
    }

    /// <summary>Number of ids.</summary>
    public int Count => _ends.Length;

    /// <summary>The bytes of an id; empty for an id outside the vocabulary.</summary>
    public ReadOnlySpan<byte> this[int id]
    {
        get
        {
            if ((uint)id >= (uint)_ends.Length)
            {
                return default;
            }

            int begin = id == 0 ? 0 : _ends[id - 1];
            return _bytes.AsSpan(begin, _ends[id] - begin);
        }
    }

    /// <summary>Makes the table from the constants of an IR.</summary>
    /// <param name="begins">Where each token's bytes begin in <paramref name="characters"/>.</param>
    /// <param name="ends">Where they end.</param>
    /// <param name="characters">The bytes of all tokens.</param>
    /// <param name="change">What is done to the bytes of each token.</param>
    /// <returns>The table; null if the numbers do not fit the bytes.</returns>
    public static TokenBytes? Make(int[] begins, int[] ends, ReadOnlySpan<byte> characters, Func<byte[], byte[]>? change)
    {
        if (begins.Length != ends.Length)
        {
            return null;
        }

        int[] places = new int[begins.Length];
        using MemoryStream all = new(characters.Length);
        for (int id = 0; id < places.Length; id++)
        {
            if (begins[id] < 0 || ends[id] < begins[id] || ends[id] > characters.Length)
            {
                return null;
            }

            ReadOnlySpan<byte> token = characters[begins[id]..ends[id]];
            all.Write(change is null ? token : change(token.ToArray()));
            places[id] = checked((int)all.Length);
        }

        return new TokenBytes(places, all.ToArray());
    }

    /// <summary>The id of a token; -1 if no token has exactly these bytes.</summary>
    public int Find(ReadOnlySpan<byte> token)
    {
        for (int id = 0; id < Count; id++)
        {
            if (this[id].SequenceEqual(token))
            {
                return id;
            }
        }

        return -1;
    }
}
