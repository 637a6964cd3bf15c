using Ovms.Native;
using Ovms.Status;

namespace Ovms.Generation.Models;

/// <summary>The inputs of a compiled paged model that are memory of its sequences, and how much of it one block and one row take.</summary>
/// <param name="Caches">Inputs <c>key_cache.N</c> and <c>value_cache.N</c>: [blocks, heads, rows, width].</param>
/// <param name="Tables">Inputs <c>…_state_table.N</c>: [rows, …].</param>
/// <param name="BlockTokens">Tokens a block holds.</param>
/// <param name="BlockBytes">Bytes of a block in all caches.</param>
/// <param name="RowBytes">Bytes of a row in all tables.</param>
/// <param name="Precision">Types of keys and values.</param>
internal sealed record KvPlan(
    IReadOnlyList<PortInfo> Caches, IReadOnlyList<PortInfo> Tables, int BlockTokens, long BlockBytes, long RowBytes, string Precision)
{
    private const string Keys = "key_cache.";
    private const string Values = "value_cache.";
    private const string Table = "_state_table.";
    private const int KeptShare = 8;

    /// <summary>Whether a sequence owns rows besides blocks.</summary>
    public bool HasTables => Tables.Count > 0;

    /// <summary>Whether an input is memory of sequences.</summary>
    public static bool IsMemory(PortInfo port) => port.Name is { } name
        && (name.StartsWith(Keys, StringComparison.Ordinal) || name.StartsWith(Values, StringComparison.Ordinal)
            || name.Contains(Table, StringComparison.Ordinal));

    /// <summary>Reads the plan from a compiled model, whose device has chosen types and shapes. Pure.</summary>
    public static Outcome<KvPlan> Read(IReadOnlyList<PortInfo> inputs)
    {
        PortInfo[] tables = [.. inputs.Where(static port => IsMemory(port) && port.Name!.Contains(Table, StringComparison.Ordinal))];
        PortInfo[] caches = [.. inputs.Where(static port => IsMemory(port)).Except(tables)];
        PortInfo[] values = [.. caches.Where(static port => port.Name!.StartsWith(Values, StringComparison.Ordinal))];
        if (values.Length == 0 || values.Length * 2 != caches.Length)
            return Refused($"the model has {caches.Length - values.Length} key caches and {values.Length} value caches");
        if (caches.Concat(tables).FirstOrDefault(static port => !IsMeasurable(port)) is { } strange)
            return Refused($"the device gives {strange.Name} the shape {strange.Shape} of {strange.ElementType}");

        // Rows of value caches are tokens at every precision; key caches may have rows of scales besides.
        long[] tokens = [.. values.Select(static port => port.Shape.Rank == 4 ? port.Shape[2].Min : 0).Distinct()];
        if (tokens is not [> 0 and <= int.MaxValue])
            return Refused($"the value caches have shapes such as {values[0].Shape}, which do not tell one block size");

        string[] types = [.. caches.Select(static port => port.ElementType.ToString()).Distinct()];
        return new KvPlan(caches, tables, (int)tokens[0], caches.Sum(BytesOfOne), tables.Sum(BytesOfOne), string.Join('/', types));

        static Outcome Refused(string why) => Outcome.Fail(StatusCode.ModelNotLoaded, why);
    }

    /// <summary>
    /// How many rows the state tables get: two a sequence, and if states are kept for later prompts, more of them for an eighth of the rest
    /// of the budget, but no more than blocks. Pure.
    /// </summary>
    /// <param name="bytes">The budget.</param>
    /// <param name="sequences">Sequences that may live at once.</param>
    /// <param name="mostTokens">As in <see cref="BlocksIn"/>.</param>
    /// <param name="keeps">Whether states are kept.</param>
    public int RowsIn(long bytes, int sequences, long mostTokens, bool keeps)
    {
        int rows = HasTables ? 2 * sequences : 0;
        long left = bytes - (rows * RowBytes);
        return rows == 0 || !keeps || left < 2 * BlockBytes
            ? rows
            : rows + (int)Math.Min(Math.Min(left / KeptShare / RowBytes, int.MaxValue / 2), BlocksIn(left, 0, mostTokens).Value);
    }

    /// <summary>How many blocks a budget holds beside the rows. Pure.</summary>
    /// <param name="bytes">The budget.</param>
    /// <param name="rows">Rows of the state tables.</param>
    /// <param name="mostTokens">Tokens beyond which blocks are of no use; 0 for no such number.</param>
    public Outcome<int> BlocksIn(long bytes, int rows, long mostTokens)
    {
        long left = bytes - (rows * RowBytes);
        long blocks = left / BlockBytes;
        if (blocks < 1)
        {
            string besides = rows > 0
                ? $", besides {rows} rows of states of {RowBytes} bytes; allow fewer sequences or a larger cache"
                : "; allow a larger cache";
            return Outcome.Fail(
                StatusCode.ModelNotLoaded,
                $"a KV cache of {bytes} bytes holds no block of {BlockTokens} tokens, which takes {BlockBytes} bytes{besides}");
        }

        if (mostTokens > 0)
            blocks = Math.Min(blocks, (mostTokens + BlockTokens - 1) / BlockTokens);
        return (int)Math.Min(blocks, int.MaxValue);
    }

    /// <summary>Bytes of one block or row of an input.</summary>
    public static long BytesOfOne(PortInfo port)
    {
        long elements = 1;
        for (int i = 1; i < port.Shape.Rank; i++)
            elements = checked(elements * port.Shape[i].Min);
        return checked(elements * BitsOf(port.ElementType) / 8);
    }

    private static bool IsMeasurable(PortInfo port)
    {
        if (!port.Shape.HasRank || port.Shape.Rank < 2 || BitsOf(port.ElementType) == 0)
            return false;
        long bits = BitsOf(port.ElementType);
        for (int i = 1; i < port.Shape.Rank; i++)
        {
            if (!port.Shape[i].IsStatic || port.Shape[i].Min < 1)
                return false;
            bits *= port.Shape[i].Min;
        }

        // A block that ended within a byte would share it with the next one.
        return bits % 8 == 0;
    }

    private static int BitsOf(ElementType type) => type switch
    {
        ElementType.F32 or ElementType.I32 => 32,
        ElementType.F16 or ElementType.BF16 => 16,
        ElementType.U8 or ElementType.I8 or ElementType.F8E4M3 or ElementType.F8E5M2 => 8,
        ElementType.U4 or ElementType.I4 => 4,
        _ => 0,
    };
}
